"""Every command says what it did, or what went wrong and what to do."""
