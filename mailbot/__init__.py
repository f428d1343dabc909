"""mailbot answers the requests for SIAGIE accounts that education offices send by mail.

Two visits to one pipeline, days apart::

    a mail from a DRE, UGEL or school          the reply of the person who decides
    ingest → parse → check → decide: ask       ingest → parse → decide: plan → act → respond

The map, in the order a mail travels; a test holds it complete.

In and through:

``schedule``    when to poll, send, remind and expire; ``chores`` are what time brings,
                ``daily`` the word to administrators
``ingest``      IMAP → raw bytes in the store, each mail once; ``mailbox`` is the connection
``pipeline``    the route of one mail, stage after stage; ``desk`` is what the stages work with
``trust``       who really sent this; ``resolver`` asks the DNS
``challenge``   a request nobody can prove: its office is asked
``parsers``     bytes → Request, Reply, Automatic or Unrelated
``check``       a request against the procedure of the guide → findings, all of them
``intake``      a request becomes cases: observed, refused or asked; ``recall`` looks back
``signals``     what is unusual about a case; ``pictures`` show where it was read
``decide``      the question to ask; after a yes, the steps to take
``inquiry``     how its own cases stand, for an office that asks

The decision:

``resolve``     a decider's reply → what it says, if everything about it holds
``second_factor``  the six digits, where they are wanted
``prompts``     many decisions in one reply; what approvers order by mail
``deputies``    who decides in whose place; ``urge`` reminds, ``pause`` brakes, ``terms`` end

The account:

``actions``     the steps, performed on the register and the directory of accounts
``fulfil``      what was approved → the directory where the accounts live
``orders``      what a person has to do in SIAGIE, asked and answered by mail
``inventory``   the accounts that exist on the first day → the register
``reconcile``   the register held against the directory
``secrecy``     tokens and passwords: made, hashed, never kept

Out:

``tell``        who is told what, and when; ``buttons`` open a reply filled in
``oficio``      a model of the paper that is missing, for the asker
``respond``     what to tell whom → letters in the outbox
``send``        outbox → SMTP; ``delivery`` of one letter, ``envelope`` its headers
``undelivered`` a letter that did not arrive
``oauth``       access tokens for logins; ``lockout`` rests after refused ones

What it works by:

``config``      typed settings; ``sections`` are their keys; ``rules`` all that the folder says
``procedures``  the guide's 18 procedures, as data
``offices``     who is a DRE, UGEL or school; ``register`` imports the schools
``lexicon``     the names frequent in Peru: what looks like one and is none may be misread
``spreadsheet`` rows of a CSV file
``roots``       whom digital signatures are traced back to
``model``       the values that travel between the stages; ``errors`` that a person can mend
``workdays``    working days in Peru; ``spans`` in words; ``backoff`` and ``patience`` are waits
``addresses``   which are one mailbox; ``masking`` hides what need not stand

What it remembers:

``store``       what the bot remembers: encrypted, and a journal that is a chain
``backup``      copies of the database; ``recovery`` after one was put back
``retention``   what is forgotten when its time has come
``access``      everything about one DNI, for the person who asks
``incident``    whose data, which letters, who decided: for the authority

More than one machine:

``reading``     one process at a time reads the mailbox, others stand by
``work``        one row, one step, under a lease; a sweep calls for what was left
``carrier``     calls over PostgreSQL to ``workers``, on any number of machines

Whether all is well:

``vigil``       every work noted as done or failed; the inbox held against the store
``heartbeat``   the bot writes to itself, and waits for it; ``watchdog`` tells systemd
``health``      what is not well, and what to do; ``metrics`` counts; ``logs`` tell as it works
``alarm``       tells administrators by mail, and by ``second_way`` when mail is down

At the keyboard, and beside people:

``setup``       the first run: what is asked, tried and written
``doctor``      tries everything; ``diagnosis`` says what an error of a server means
``cli``         the commands: founding, serving, reading, reporting, looking, mending, …
``console``     what a terminal shows; ``contracts`` what ``--json`` prints; ``tongue`` which words;
                ``phrasebook`` reads back in English what was said in Spanish
``examine``     files → what the bot reads in each
``shadow``      nothing leaves but the daily ``comparison``
``replay``      past mails read again by other rules; ``hindsight`` compares
``report``      a month in numbers, tables and charts; ``monthly`` makes and mails it
``demo``        the main job, on servers of its own
"""
