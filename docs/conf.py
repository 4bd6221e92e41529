"""Settings of the documentation site: ``make docs`` builds it into out/site."""

import sys
from pathlib import Path

import qnetframe

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "qnetframe"
copyright = "the qnetframe authors, Apache-2.0"
release = version = qnetframe.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "generated_reference",
    "mathml",
]
exclude_patterns = ["_ext", "jupyter_execute", "**/.ipynb_checkpoints"]
suppress_warnings = ["misc.highlighting_failure"]
nitpicky = False

# Notebooks are run by every build, so that a page never shows what no longer happens.
nb_execution_mode = "force"
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_merge_streams = True
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "dollarmath"]

autodoc_typehints = "signature"
autodoc_typehints_format = "short"
# Long unions of numpy are shown by the name that the code gives them.
autodoc_type_aliases = {
    name: name for name in ("ArrayLike", "BitArray", "ComplexArray", "ConditionLike", "FloatArray")
}
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
python_display_short_literal_types = True
copybutton_exclude = ".linenos, .gp, .go"

html_theme = "furo"
html_title = f"qnetframe {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_theme_options = {"navigation_with_keys": True}
# MathJax would be fetched from the network; browsers set MathML themselves.
html_math_renderer = "mathml"
