"""The crafts of the seeded market: what is made, of what, how it is finished, where, and for how much.

Every form, finish and detail of a craft fits every other, so that any combination is a thing one could buy.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of thing: its name, its category, its usual price in euros and its weight in grams."""

    name: str
    category: str
    price: tuple[int, int]
    grams: int


@dataclass(frozen=True, slots=True)
class Place:
    """A town known for a craft, with the country and its currency."""

    town: str
    country: str


@dataclass(frozen=True, slots=True)
class Craft:
    """One craft with everything that its makers combine."""

    name: str
    workshop: tuple[str, ...]
    forms: tuple[Form, ...]
    finishes: tuple[str, ...]
    materials: tuple[str, ...]
    details: tuple[str, ...]
    option: str
    choices: tuple[str, ...]
    making: str
    care: str
    colours: tuple[str, ...]
    places: tuple[Place, ...]


CRAFTS: tuple[Craft, ...] = (
    Craft(
        name="pottery",
        workshop=("Pottery", "Stoneware", "Kiln House", "Clay Studio"),
        forms=(
            Form("teapot", "Ceramics", (58, 120), 820),
            Form("tea bowl", "Ceramics", (24, 48), 260),
            Form("mug", "Ceramics", (18, 34), 340),
            Form("dinner plate", "Ceramics", (26, 46), 720),
            Form("serving bowl", "Ceramics", (44, 88), 1150),
            Form("bud vase", "Ceramics", (22, 40), 310),
            Form("pitcher", "Ceramics", (42, 78), 980),
            Form("butter dish", "Ceramics", (34, 56), 640),
            Form("planter", "Ceramics", (28, 64), 1400),
            Form("salt pig", "Ceramics", (26, 42), 520),
        ),
        finishes=(
            "ash-glazed",
            "celadon",
            "tenmoku",
            "salt-glazed",
            "speckled",
            "cobalt-washed",
            "matte white",
            "wood-fired",
        ),
        materials=("stoneware", "porcelain", "red earthenware", "buff clay"),
        details=(
            "with a carved foot",
            "with a thumb groove",
            "with finger ridges",
            "with a rolled rim",
            "with wax-resist leaves",
            "with a bare base",
        ),
        option="Glaze",
        choices=("Ash", "Celadon", "Iron", "Oat"),
        making="Thrown on a kick wheel, dried for a week and fired twice; the second firing runs to 1,280 °C.",
        care="Safe in the oven and the dishwasher.",
        colours=("#8a9a82", "#c9b79c", "#4f5d56", "#e8dfd0"),
        places=(
            Place("Höhr-Grenzhausen", "DE"),
            Place("Vallauris", "FR"),
            Place("Caldas da Rainha", "PT"),
            Place("Deruta", "IT"),
        ),
    ),
    Craft(
        name="weaving",
        workshop=("Weavers", "Loom Room", "Handweaving", "Textile Studio"),
        forms=(
            Form("throw", "Textiles", (95, 190), 1300),
            Form("scarf", "Textiles", (48, 110), 180),
            Form("cushion cover", "Textiles", (38, 72), 320),
            Form("table runner", "Textiles", (44, 86), 280),
            Form("tea towel", "Textiles", (16, 28), 110),
            Form("wall hanging", "Textiles", (70, 240), 600),
            Form("shawl", "Textiles", (85, 160), 340),
            Form("baby blanket", "Textiles", (60, 98), 480),
        ),
        finishes=(
            "herringbone",
            "twill-woven",
            "waffle-woven",
            "indigo-dyed",
            "walnut-dyed",
            "striped",
            "madder-dyed",
            "undyed",
        ),
        materials=("lambswool", "linen", "merino", "organic cotton", "alpaca"),
        details=(
            "with a twisted fringe",
            "with a hemstitched edge",
            "with selvedge stripes",
            "with hand-knotted tassels",
            "with a plain hem",
            "with overshot bands",
        ),
        option="Colour",
        choices=("Natural", "Indigo", "Rust", "Moss"),
        making="Woven on a four-shaft floor loom from yarn spun within a day's travel.",
        care="Wash by hand in cool water and dry flat.",
        colours=("#3d4f6b", "#b0603a", "#d9cdb8", "#6b7355"),
        places=(Place("Kirkwall", "GB"), Place("Borås", "SE"), Place("Biella", "IT"), Place("Kaunas", "LT")),
    ),
    Craft(
        name="woodturning",
        workshop=("Woodworks", "Turnery", "Bench & Lathe", "Joinery"),
        forms=(
            Form("fruit bowl", "Woodwork", (52, 140), 900),
            Form("pepper mill", "Woodwork", (42, 78), 380),
            Form("chopping board", "Woodwork", (36, 96), 1700),
            Form("serving spoon", "Woodwork", (16, 30), 90),
            Form("candlestick", "Woodwork", (24, 46), 420),
            Form("bread box", "Woodwork", (88, 150), 2900),
            Form("rolling pin", "Woodwork", (24, 40), 620),
            Form("step stool", "Furniture", (110, 190), 3600),
            Form("milking stool", "Furniture", (95, 160), 2800),
        ),
        finishes=("oiled", "spalted", "charred", "live-edge", "soap-finished", "steam-bent", "quarter-sawn"),
        materials=("olive wood", "walnut", "ash", "cherry", "oak", "beech"),
        details=(
            "with a bead at the rim",
            "with butterfly keys",
            "with a leather loop",
            "with wedged tenons",
            "with a chamfered edge",
            "with turned grooves",
        ),
        option="Size",
        choices=("Small", "Medium", "Large"),
        making="Turned from timber felled by storms and seasoned for three years in an open shed.",
        care="Wipe clean and feed with oil twice a year.",
        colours=("#7b4f2c", "#c08a54", "#e0bd8d", "#3f2a1a"),
        places=(Place("Seiffen", "DE"), Place("Moirans", "FR"), Place("Ortisei", "IT"), Place("Sauveterre", "FR")),
    ),
    Craft(
        name="silversmithing",
        workshop=("Silver", "Jewellery", "Goldsmiths", "Bench Jewellery"),
        forms=(
            Form("stud earrings", "Jewellery", (32, 74), 6),
            Form("hoop earrings", "Jewellery", (44, 96), 9),
            Form("pendant", "Jewellery", (48, 130), 12),
            Form("signet ring", "Jewellery", (85, 190), 11),
            Form("stacking ring", "Jewellery", (28, 58), 3),
            Form("cuff", "Jewellery", (78, 180), 34),
            Form("brooch", "Jewellery", (46, 98), 15),
            Form("chain bracelet", "Jewellery", (58, 124), 14),
        ),
        finishes=("hammered", "brushed", "oxidised", "granulated", "engraved", "polished", "reticulated"),
        materials=("silver", "gold vermeil", "rose gold", "bronze", "recycled silver"),
        details=(
            "with a river pearl",
            "with a moonstone",
            "with a garnet",
            "with fern veins",
            "with a wave edge",
            "with a seed motif",
            "with lapis inlay",
        ),
        option="Metal",
        choices=("Silver", "Vermeil", "Oxidised"),
        making="Sawn, soldered and finished by hand at one bench, hallmarked before it leaves.",
        care="Polish with a dry cloth; keep away from chlorine.",
        colours=("#b8bcc2", "#d4af6a", "#5b5f66", "#efe6d8"),
        places=(
            Place("Pforzheim", "DE"),
            Place("Arezzo", "IT"),
            Place("Córdoba", "ES"),
            Place("Schwäbisch Gmünd", "DE"),
        ),
    ),
    Craft(
        name="leatherwork",
        workshop=("Leather", "Saddlery", "Hide & Thread", "Tannery"),
        forms=(
            Form("satchel", "Bags", (160, 320), 1300),
            Form("card holder", "Accessories", (26, 48), 45),
            Form("belt", "Accessories", (48, 92), 260),
            Form("tote bag", "Bags", (120, 230), 980),
            Form("notebook cover", "Stationery", (34, 66), 210),
            Form("key fob", "Accessories", (12, 22), 25),
            Form("tool roll", "Accessories", (58, 110), 540),
            Form("spectacle case", "Accessories", (32, 54), 95),
        ),
        finishes=("saddle-stitched", "oak-bark-tanned", "burnished", "hand-dyed", "wet-moulded", "tooled", "waxed"),
        materials=("bridle leather", "calfskin", "deerskin", "vegetable-tanned leather"),
        details=(
            "with brass buckles",
            "with a hidden pocket",
            "with a turned edge",
            "with linen thread",
            "with a solid rivet",
            "with a strap closure",
        ),
        option="Colour",
        choices=("Tan", "Chestnut", "Black", "Bottle green"),
        making="Cut from whole hides and stitched with two needles and waxed linen thread.",
        care="Darkens with use; feed with balm once a season.",
        colours=("#8b5a2b", "#4a2c17", "#1f1f1f", "#2f4a3a"),
        places=(Place("Walsall", "GB"), Place("Santa Croce", "IT"), Place("Ubrique", "ES"), Place("Millau", "FR")),
    ),
    Craft(
        name="glassblowing",
        workshop=("Glass", "Glassworks", "Hot Shop", "Furnace Glass"),
        forms=(
            Form("tumbler", "Glass", (22, 40), 280),
            Form("carafe", "Glass", (46, 92), 760),
            Form("vase", "Glass", (54, 160), 1300),
            Form("paperweight", "Glass", (34, 78), 540),
            Form("wine glass", "Glass", (28, 52), 190),
            Form("pendant lamp", "Lighting", (130, 280), 1600),
            Form("ornament", "Glass", (14, 28), 40),
            Form("oil bottle", "Glass", (26, 46), 330),
        ),
        finishes=("mouth-blown", "cut", "bubbled", "ribbed", "frosted", "optic", "swirled"),
        materials=("clear glass", "smoke glass", "amber glass", "sea-green glass", "cobalt glass"),
        details=(
            "with a pulled lip",
            "with a trailed thread",
            "with a heavy base",
            "with silver leaf",
            "with a ground rim",
            "with a pinched waist",
        ),
        option="Tint",
        choices=("Clear", "Smoke", "Amber", "Sea"),
        making="Gathered, blown and shaped at the furnace by a team of two, then cooled for a night.",
        care="Wash by hand.",
        colours=("#7fb3b0", "#d8923f", "#54616b", "#cfe6e4"),
        places=(Place("Nový Bor", "CZ"), Place("Murano", "IT"), Place("Växjö", "SE"), Place("Marinha Grande", "PT")),
    ),
    Craft(
        name="basketry",
        workshop=("Baskets", "Willow", "Basketry", "Cane & Rush"),
        forms=(
            Form("log basket", "Baskets", (68, 130), 1900),
            Form("bread basket", "Baskets", (26, 48), 280),
            Form("laundry basket", "Baskets", (78, 140), 2200),
            Form("foraging basket", "Baskets", (48, 88), 760),
            Form("lampshade", "Lighting", (58, 120), 420),
            Form("cradle", "Furniture", (180, 320), 4200),
            Form("tray", "Baskets", (34, 62), 520),
        ),
        finishes=("buff", "steamed", "white", "randed", "coiled", "braided", "openwork"),
        materials=("willow", "rush", "chestnut splint", "rattan", "straw"),
        details=(
            "with a leather handle",
            "with a plaited rim",
            "with a wrapped handle",
            "with a dark band",
            "with a square base",
            "with a scalloped edge",
        ),
        option="Size",
        choices=("Small", "Medium", "Large"),
        making="Woven from rods cut in winter and soaked for a week before the work begins.",
        care="Keep dry; brush off the dust.",
        colours=("#b88a4a", "#e3cfa0", "#6d4a26", "#d2b48c"),
        places=(
            Place("Lichtenfels", "DE"),
            Place("Villaines-les-Rochers", "FR"),
            Place("Gonçalo", "PT"),
            Place("Castleford", "GB"),
        ),
    ),
    Craft(
        name="printmaking",
        workshop=("Press", "Prints", "Editions", "Letterpress"),
        forms=(
            Form("linocut", "Prints", (28, 90), 120),
            Form("woodcut", "Prints", (40, 140), 140),
            Form("letterpress poster", "Prints", (22, 48), 130),
            Form("greeting card set", "Stationery", (12, 24), 90),
            Form("wrapping paper", "Stationery", (9, 18), 150),
            Form("calendar", "Stationery", (20, 34), 260),
            Form("etching", "Prints", (60, 220), 110),
        ),
        finishes=("hand-pulled", "two-colour", "reduction", "blind-embossed", "hand-coloured", "numbered"),
        materials=("cotton paper", "Japanese paper", "recycled paper", "rag paper"),
        details=(
            "of a heron",
            "of a walled garden",
            "of garlic bulbs",
            "of a harbour",
            "of winter trees",
            "of two hares",
            "of a kitchen table",
            "of swifts",
        ),
        option="Format",
        choices=("A5", "A4", "A3"),
        making="Cut by hand and printed on an old proofing press with oil-based ink.",
        care="Frame behind glass and away from the sun.",
        colours=("#22313f", "#c0392b", "#f3ead7", "#2e6b5e"),
        places=(Place("Leipzig", "DE"), Place("Fabriano", "IT"), Place("Gent", "BE"), Place("Épinal", "FR")),
    ),
    Craft(
        name="soapmaking",
        workshop=("Soap", "Botanicals", "Apothecary", "Soap Works"),
        forms=(
            Form("soap bar", "Bath", (6, 11), 110),
            Form("shaving soap", "Bath", (12, 19), 120),
            Form("bath salt", "Bath", (11, 20), 400),
            Form("hand balm", "Bath", (10, 18), 60),
            Form("shampoo bar", "Bath", (9, 14), 90),
            Form("lip balm", "Bath", (5, 9), 15),
        ),
        finishes=("cold-processed", "cured", "unscented", "whipped", "layered", "pressed"),
        materials=("olive oil", "goat's milk", "laurel oil", "shea butter", "beeswax"),
        details=(
            "with lavender",
            "with sea clay",
            "with oats and honey",
            "with rosemary",
            "with bergamot",
            "with pine tar",
            "with calendula",
        ),
        option="Wrapping",
        choices=("Paper", "Tin", "Gift box"),
        making="Poured in small batches and cured for eight weeks on open racks.",
        care="Keep dry between uses; use within a year.",
        colours=("#c7c08a", "#e9dcc3", "#8c7aa9", "#7d8f69"),
        places=(
            Place("Salon-de-Provence", "FR"),
            Place("Mytilene", "GR"),
            Place("Kalamata", "GR"),
            Place("Jaén", "ES"),
        ),
    ),
    Craft(
        name="blacksmithing",
        workshop=("Forge", "Ironworks", "Smithy", "Anvil Works"),
        forms=(
            Form("coat hook", "Metalwork", (14, 28), 210),
            Form("bottle opener", "Metalwork", (18, 32), 130),
            Form("fire poker", "Metalwork", (42, 78), 1200),
            Form("trivet", "Metalwork", (34, 62), 900),
            Form("candle holder", "Metalwork", (28, 58), 560),
            Form("paring knife", "Knives", (68, 140), 95),
            Form("chef's knife", "Knives", (140, 320), 230),
            Form("garden trowel", "Garden", (38, 66), 420),
        ),
        finishes=("forged", "blackened", "twisted", "wax-finished", "hammered", "file-worked"),
        materials=("iron", "carbon steel", "Damascus steel", "mild steel"),
        details=(
            "with a leaf end",
            "with a ram's-horn curl",
            "with an ash handle",
            "with a punched eye",
            "with a brass collar",
            "with a tapered scroll",
        ),
        option="Length",
        choices=("Short", "Standard", "Long"),
        making="Drawn out of the bar at the coal forge, quenched in oil and finished with beeswax.",
        care="Keep dry and wipe with oil now and then.",
        colours=("#2b2b2e", "#6f7275", "#8a5a34", "#b5b5b5"),
        places=(Place("Solingen", "DE"), Place("Thiers", "FR"), Place("Maniago", "IT"), Place("Ybbsitz", "AT")),
    ),
    Craft(
        name="candlemaking",
        workshop=("Candles", "Chandlery", "Wax & Wick", "Beeswax"),
        forms=(
            Form("pillar candle", "Candles", (14, 30), 480),
            Form("taper pair", "Candles", (10, 18), 160),
            Form("votive set", "Candles", (14, 24), 240),
            Form("jar candle", "Candles", (18, 36), 420),
            Form("tea light dozen", "Candles", (12, 20), 200),
        ),
        finishes=("hand-dipped", "rolled", "poured", "honeycomb", "fluted", "marbled"),
        materials=("beeswax", "rapeseed wax", "soy wax", "olive wax"),
        details=(
            "with cedar",
            "with fig leaf",
            "with orange and clove",
            "unscented",
            "with hay and honey",
            "with black tea",
            "with sea fennel",
        ),
        option="Burn time",
        choices=("20 hours", "40 hours", "60 hours"),
        making="Made from wax of known hives and fields, with a wick of plain cotton.",
        care="Trim the wick to five millimetres before each lighting.",
        colours=("#e0a83a", "#f3e6c8", "#a5673f", "#6a7a4f"),
        places=(Place("Kempten", "DE"), Place("Siena", "IT"), Place("Kranj", "SI"), Place("Annecy", "FR")),
    ),
    Craft(
        name="toymaking",
        workshop=("Toys", "Playthings", "Puppets", "Toy Bench"),
        forms=(
            Form("pull-along duck", "Toys", (28, 48), 420),
            Form("stacking tower", "Toys", (24, 42), 560),
            Form("spinning top", "Toys", (8, 16), 60),
            Form("hand puppet", "Toys", (26, 46), 140),
            Form("rattle", "Toys", (16, 28), 70),
            Form("building blocks", "Toys", (38, 76), 1500),
            Form("rag doll", "Toys", (36, 68), 240),
            Form("kite", "Toys", (30, 58), 310),
        ),
        finishes=("milk-painted", "plain", "carved", "beeswaxed", "patchwork", "stencilled"),
        materials=("lime wood", "maple", "linen", "wool felt", "organic cotton"),
        details=(
            "with a red cord",
            "with a tiny bell",
            "with painted eyes",
            "with a spare button",
            "in a drawstring bag",
            "with rounded corners",
        ),
        option="Age",
        choices=("From 1", "From 3", "From 5"),
        making="Sanded five times, painted with milk colours and checked by three children.",
        care="Wipe with a damp cloth.",
        colours=("#d1495b", "#edae49", "#30638e", "#66a182"),
        places=(Place("Seiffen", "DE"), Place("Nürnberg", "DE"), Place("Ribe", "DK"), Place("Val Gardena", "IT")),
    ),
)
"""Every craft of the seeded market."""

GIVEN_NAMES: tuple[str, ...] = (
    "Ada", "Amélie", "Andrej", "Beatriz", "Bruno", "Carys", "Clara", "Dario", "Edda", "Elio", "Enya", "Fergus", "Greta",
    "Henrik", "Ilse", "Inês", "Jonas", "Katarína", "Lena", "Luca", "Maren", "Marta", "Milo", "Nils", "Noa", "Oskar",
    "Paola", "Quentin", "Rasa", "Ruth", "Silvio", "Sofia", "Tomáš", "Ulla", "Vera", "Wim", "Yara", "Zofia",
)  # fmt: skip
"""Given names of makers."""

FAMILY_NAMES: tuple[str, ...] = (
    "Abreu", "Baumann", "Castellani", "Dvořák", "Eklund", "Fontaine", "Galvão", "Hartmann", "Iversen", "Janssens",
    "Kowalski", "Lindqvist", "Moretti", "Novák", "Okafor", "Petit", "Quiroga", "Rossi", "Sánchez", "Thorne", "Urbonas",
    "Vermeer", "Weiss", "Yilmaz", "Zanetti", "Ashworth", "Brandt", "Corrigan", "Duarte", "Engel",
)  # fmt: skip
"""Family names of makers."""

SERIES: tuple[str, ...] = (
    "Harbour", "Orchard", "Winter", "Meadow", "Lantern", "Quarry", "Hearth", "Tidal", "Chapel", "Hedgerow", "Solstice",
    "Old Town", "Summit", "Marsh", "Market", "Ember", "Cloister", "Dune", "Ferry", "Mill",
)  # fmt: skip
"""Names of a workshop's series, which tell like things apart in a large catalogue."""
