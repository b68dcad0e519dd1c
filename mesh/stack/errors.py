"""What can be wrong with a machine or a store, said in one sentence."""


class StackError(Exception):
    """The stack cannot do what was asked; the message says why and what to do."""
