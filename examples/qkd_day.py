"""A key from 10^9 pulses over 50 km, its ledger, and an eavesdropper who is noticed."""

import dataclasses

from qnetframe_qkd.postprocessing import decoy_session
from qnetframe_qkd.protocols.decoy import DecoyBB84

LINK = DecoyBB84(
    length_km=50,
    basis_probability=0.85,
    signal_intensity=0.42,
    weak_intensity=0.2,
    signal_probability=0.4,
    weak_probability=0.43,
)


def main():
    found = decoy_session(LINK, pulses=10**9)
    print(found.ledger)
    equal = (found.alice == found.bob).all()
    print(f"keys equal: {equal}, ε_sec {found.epsilon_sec}, ε_cor {found.epsilon_cor}")
    eve = dataclasses.replace(LINK, attack="intercept-resend", strength=0.25)
    print("with Eve:", decoy_session(eve, pulses=10**9).aborted)


if __name__ == "__main__":
    main()
