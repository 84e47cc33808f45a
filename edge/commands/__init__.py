"""What a technician types: each command says what was done and what to do next."""
