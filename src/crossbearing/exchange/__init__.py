"""What leaves for partners and what comes back: bundles, receipts, and who got what."""
