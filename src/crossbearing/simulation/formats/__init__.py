"""Files as the real tools write them, one module per format; none of them knows what a market is."""
