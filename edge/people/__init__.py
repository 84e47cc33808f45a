"""Who works here and who buys here: staff with their rights, members with their cards."""
