"""The store's hardware in the node: what `devices` knows, used, kept and told to the tills.

A `Hub` lives in the node's event loop as ``node.hardware``. It opens every device of `edge.toml`,
is the only owner of each, and gives up on none. For other parts of the node:

``state = await node.hardware.print(till, job_id, document)``
    Print a `devices.receipt.Document` on the till's printer, or on the shared one. Returns a
    `prints.Job` (``id``, ``state``, ``message``) as soon as the job is durable, before it is on
    paper; ``state`` is `queued`, `printing`, `done`, `doubtful` or `failed`. A job id is printed
    once: asked for again, the job's present state is returned. Choose ids that say what is printed
    (``receipt-ID``, ``copy-ID-2``). Raises `trouble.NoDevice` (a problem, 409) where the till has
    no printer.
``state = await node.hardware.print_label(till, job_id, label, copies)``
    The same for a `devices.zpl.Label` on the label printer.
``node.hardware.paper(till)``
    The `devices.receipt.Paper` of the till's printer, to lay a document out for it; the default
    roll where it has none.
``node.hardware.prints.find(job_id)``
    How a job is now; None for an id nobody asked for.

Everything here runs in the event loop; nothing here blocks it.
"""
