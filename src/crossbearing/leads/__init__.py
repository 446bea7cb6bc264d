"""Leads: overdose cases joined to sales. Software proposes and grades; people decide; nothing here speaks of causes."""
