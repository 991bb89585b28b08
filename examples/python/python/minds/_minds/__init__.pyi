# Made from the declarations, not by hand: the module's `__stub__` has it.
from . import tmaze as tmaze
from . import bandit as bandit
from . import listener as listener
from . import coin as coin
from . import arms as arms

__all__: list[str]
__stub__: str
