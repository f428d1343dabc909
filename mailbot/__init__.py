"""mailbot answers the requests for SIAGIE accounts that education offices send by mail.

Two visits to one pipeline, days apart::

    a mail from a DRE, UGEL or school          the reply of the person who decides
    ingest → parse → check → decide: ask       ingest → parse → decide: plan → act → respond

The map, in the order a mail travels:

``schedule``    when to poll, send, remind and expire
``ingest``      IMAP → raw bytes in the store, each mail once
``pipeline``    the route of one mail, stage after stage, one transaction
``trust``       who really sent this
``parsers``     bytes → Request, Reply, Automatic or Unrelated
``check``       a request against the procedure of the guide → findings, all of them
``decide``      the question to ask; after a yes, the steps to take
``prompts``     many decisions in one reply; what approvers order by mail
``deputies``    who decides in whose place; ``urge`` reminds, ``pause`` brakes, ``terms`` end
``actions``     the steps, performed on the register and the directory of accounts
``fulfil``      what was approved → the directory where the accounts live
``orders``      what a person has to do in SIAGIE, asked and answered by mail
``inventory``   the accounts that exist on the first day → the register
``reconcile``   the register held against the directory
``oficio``      a model of the paper that is missing, for the asker
``respond``     what to tell whom → letters in the outbox
``send``        outbox → SMTP
``reading``     one process at a time reads the mailbox, others stand by
``work``        one row, one step, under a lease; a sweep calls for what was left
``carrier``     calls over PostgreSQL to ``workers``, on any number of machines
``vigil``       every work noted as done or failed; the inbox held against the store
``heartbeat``   the bot writes to itself, and waits for it
``health``      what is not well, and what to do; ``alarm`` tells, ``metrics`` counts
``store``       what the bot remembers: encrypted, and a journal that is a chain
``retention``   what is forgotten when its time has come
``access``      everything about one DNI, for the person who asks
``replay``      past mails read again by other rules; ``hindsight`` compares
``report``      a month in numbers, tables and charts; ``monthly`` makes and mails it
``incident``    whose data, which letters, who decided: for the authority
``setup``       the first run: what is asked, tried and written
``diagnosis``   what an error of a server means
``cli``         the commands: founding, serving, reading, reporting, looking, mending, approvers, …
``procedures``  the guide's 18 procedures, as data
``offices``     who is a DRE, UGEL or school, and which addresses speak for it
``roots``       whom digital signatures are traced back to
``model``       the values that travel between the stages
"""
