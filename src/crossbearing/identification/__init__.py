"""Identification: from an operator to a natural person, where evidence ties them. Software only proposes."""
