"""One module per thing a user does; the only place where features meet. Reads are workflows too."""
