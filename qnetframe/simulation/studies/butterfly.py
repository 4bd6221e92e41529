"""Network coding on the butterfly: two crossing pairs through one shared link, as a program."""

from __future__ import annotations

from qnetframe.program.program import Program, Qubit

_LINKS = (("s1", "r1"), ("s2", "r1"), ("r1", "r2"), ("r2", "t1"), ("r2", "t2"), ("s1", "t1"), ("s2", "t2"))


def butterfly() -> Program:
    """Return the program that makes pairs s1-t2 and s2-t1 of one pair on each of the seven links.

    The link r1-r2 is used once for both. Sources copy their bit x, y (of a qubit in |+>) over the pairs by
    a CX and a correction; r1 adds, t1 and t2 take off what they have; copies left over are measured in x,
    which leaves a phase that is corrected at the sources. T. Satoh, F. Le Gall and H. Imai, Phys. Rev. A
    86, 032331 (2012). The outputs are the states "s1-t2" and "s2-t1".
    """
    p = Program("butterfly network coding")
    here, there = {}, {}
    for a, b in _LINKS:
        here[a, b], there[a, b] = p.qubit(a, f"{a}{b}"), p.qubit(b, f"{b}{a}")
        p.entangle(here[a, b], there[a, b])
    x, y = p.qubit("s1", "x"), p.qubit("s2", "y")
    p.h(x).h(y)

    def copy(value: Qubit, a: str, b: str) -> Qubit:
        """Copy the bit of a qubit at one end of a link to the other end, which uses the pair up."""
        p.cx(value, here[a, b])
        p.x(there[a, b], when=p.measure(here[a, b]))
        return there[a, b]

    x_at_r1, y_at_r1 = copy(x, "s1", "r1"), copy(y, "s2", "r1")
    x_at_t1, y_at_t2 = copy(x, "s1", "t1"), copy(y, "s2", "t2")
    p.cx(x_at_r1, y_at_r1)  # now x + y
    sum_at_r2 = copy(y_at_r1, "r1", "r2")
    y_at_t1, x_at_t2 = copy(sum_at_r2, "r2", "t1"), copy(sum_at_r2, "r2", "t2")
    p.cx(x_at_t1, y_at_t1)
    p.cx(y_at_t2, x_at_t2)
    of_x = [x_at_r1, x_at_t1]
    of_y = [y_at_t2]
    of_both = [y_at_r1, sum_at_r2]
    bits = {q: p.measure(q, basis="x") for q in (*of_x, *of_y, *of_both)}
    for source, copies in ((x, of_x + of_both), (y, of_y + of_both)):
        phase = bits[copies[0]] ^ 0
        for q in copies[1:]:
            phase = phase ^ bits[q]
        p.z(source, when=phase)
    p.save("s1-t2", x, x_at_t2)
    p.save("s2-t1", y, y_at_t1)
    return p
