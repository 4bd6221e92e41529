"""Published QKD links beside our models: python examples/qkd_real_links.py"""

from rich.console import Console
from rich.table import Table

from qnetframe_qkd.links.experiments import all_experiments


def main():
    table = Table(title="Real links: published and modelled")
    for heading in ("experiment", "figure", "published", "ours", "why they differ"):
        table.add_column(heading, justify="right" if heading in ("published", "ours") else "left")
    for row in all_experiments():
        table.add_row(
            row.experiment, row.figure, f"{row.published:.4g}", f"{row.ours:.4g}", row.why_they_differ
        )
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
