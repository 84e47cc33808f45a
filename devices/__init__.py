"""Store hardware: ports, codecs and devices. Knows nothing of retail."""
