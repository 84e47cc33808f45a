"""What is acknowledged survives: a power cut, and SIGKILL at any moment."""
