"""What is shown: plain values, each answer read from one committed state, without the writer."""
