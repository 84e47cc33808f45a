"""What both ends must agree on: values, facts, quantities and the session between them."""
