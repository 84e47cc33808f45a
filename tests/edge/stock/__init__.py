"""Documents move stock, counts and lots agree with them, and each piece is explained."""
