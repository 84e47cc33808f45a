"""Store hardware: ports, codecs and devices. Knows nothing of retail.

A device is a port (a URL) and a driver (a conversation without I/O)::

    scanner = kinds.device("scanner", "scanner", "/dev/serial/by-id/usb-…-if00")
    await scanner.open()
    scanner.claim("till 1")
    scanner.enable("till 1")
    async for event in scanner:      # Scan, Status, Fault, …
        ...

    printer = kinds.device("printer", "printer", "socket://192.168.1.50:9100")
    ...
    answer = await printer.ask(Print(ref="receipt 123", document=document), "till 1")

Commands carry a ``ref`` and end in exactly one final event with the same ``ref``. A `Bench` of
simulated devices serves ``sim://`` URLs with the same protocols: give its ``open`` as ``opener``.
"""
