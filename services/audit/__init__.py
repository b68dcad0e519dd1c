"""The trail of privileged acts, as every service's stream tells it; entries are never changed.

Emits nothing and calls nobody. Takes in audit.recorded of every service.
"""
