"""What the till in the browser and the node must compute alike."""
