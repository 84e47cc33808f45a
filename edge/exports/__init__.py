"""What the store's journal says, in forms that auditors and bookkeepers read; nothing left out."""
