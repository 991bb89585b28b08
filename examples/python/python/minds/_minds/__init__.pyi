# Made from the declarations, not by hand: the module's `__stub__` has it.
from . import tmaze as tmaze
from . import bandit as bandit

__all__: list[str]
__stub__: str
