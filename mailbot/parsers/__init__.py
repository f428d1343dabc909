"""Raw mails → what they say. `parse` is the door; the other modules are its rooms.

``mail``      bytes → headers, own words, attachments
``headers``   their fields, and the letters these are written in
``quotes``    own words apart from quoted ones; ``html`` what a person sees of HTML
``documents`` attachments → pages; ``sandbox`` and ``reader`` open them
``pieces``    what each page is, and which make one paper
``nursery``   what the sandbox has ready for its children; ``crops`` pictures of places for people
``kinds``     what a file is by its bytes; ``opened`` what opening one gives
``unpack``    files inside files: archives, mails, winmail.dat; ``smime`` signed ones
``docx`` ``odf`` ``doc`` ``rtf`` ``sheets`` office files, laid out by ``flow``; ``pictures``
``pdf``       text layers; ``scans`` pictures: ``sheet`` lays them straight, ``grids`` finds tables
              and boxes (``combs`` what a fax left of those), ``ocr`` recognises, ``rereading``
              once more where that pays (``spots``), ``opinion`` with a model of another make;
              ``seams`` joins words that were cut, ``narrow`` settles what a column breaks
              (``column``), ``ballot`` chooses between readings of an address, ``leftout`` finds
              what nothing read, ``tildes`` the marks of a Ñ
``signatures`` who signed a PDF digitally; ``verdicts`` what that is worth
``text``      words as one searchable text that knows where each stood
``zones``     the part of a text that counts
``people``    who is named there: in ``entries`` under labels, in rows, in ``prose``; ``tables``
              the same on cards and in tables, whose ``rows`` have ``cells``
``mention``   a person as one source names them
``identity``  DNI and addresses; ``names`` names
``intent``    alta or baja, role, nivel, office
``material``  all there is to read of one request; ``asking`` which office asks
``claims``    all of it joined, person by person
``reply``     a decider's own words → a decision; ``nameplate`` what may stand under it
"""
