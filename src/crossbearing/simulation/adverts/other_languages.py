"""Smaller stocks for sellers who write German, Dutch, French or Spanish. Every phrase is invented."""

from typing import Final

_GERMAN: Final[dict[str, str]] = {
    "offer": """
        [hier|jetzt|neu] [gibt es|im angebot|bekommst du] {amount} {name} [von {label}|]
        ihr [bekommt|kauft|erhaltet] {amount} [feinstes|gutes|sauberes|] {name}
        {amount} {name}, [sorte|charge|name] {label}, [solange der vorrat reicht|nur kurze zeit|wieder da]
        [angebot|artikel|preis] [gilt|ist] für {amount} {name}
        {label} - {name} - {amount} [aus {origin}|]
        [frisch|endlich|heute] [eingetroffen|im lager|da]: {name} {label}, {amount}""",
    "goods": """
        [top|sehr gute|beste|ordentliche] [qualität|ware|sorte], [ungestreckt|sauber|wie gewohnt|von freunden geprüft]
        [riecht|schmeckt] [stark|fein|nach wald|fruchtig], [trocken|frisch|fest], [keine|kaum] [stiele|krümel|reste]
        [getestet|gemessen] mit {purity}%, [bericht|zettel] auf anfrage
        [wirkung|gefühl]: [klar|ruhig|fröhlich|stark], [lange|angenehm|ohne kater]
        [preis|leistung] [stimmt|passt|unschlagbar], [vergleicht selbst|fragt die stammkunden|seht die bewertungen]
        [nicht für anfänger|mit respekt|vorsicht], [stark|ehrlich] [wie beschrieben|wie immer|gewogen]
        [gleiche|neue|letzte] charge [wie|von] [letztes mal|bekannter quelle|{label}], [kleiner|großer] vorrat
        [hell|dunkel|fest|körnig|klebrig], [so wie es sein soll|siehe bild|schöne stücke]""",
    "shop": """
        [versand|post] [täglich|mo bis fr|am nächsten tag|zweimal die woche], [gut|doppelt|sicher] verpackt
        [lieferzeit|dauer] [1-3|2-4|3-5] werktage, [ausland|europa] [länger|7-10 tage|auf anfrage]
        [adresse|anschrift] bitte [verschlüsselt|mit unserem schlüssel|im richtigen format]
        [erstattung|nachsendung] [nach absprache|50%|nur für stammkunden|nicht bei falscher adresse]
        [bei|gibt es] [problemen|fragen]: [erst schreiben|meldet euch|wir finden eine lösung]
        [bitte|gerne] [bewerten|freigeben] [nach erhalt|sobald es da ist], danke
        [grüße|liebe grüße|euer team|bis bald|viel spaß]
        [wir sind|ich bin] [ein kleines team|schon lange dabei|neu hier|zurück]
        [mengenrabatt|größere mengen] auf anfrage, [fragen kostet nichts|siehe andere angebote]""",
}
_DUTCH: Final[dict[str, str]] = {
    "offer": """
        [hier|nu|nieuw] {amount} {name} [van {label}|te koop|in de winkel]
        je [krijgt|koopt|ontvangt] {amount} [mooie|goede|zuivere|] {name}
        {label}: {amount} {name}, [op is op|weer binnen|nieuwe lading]
        [aanbieding|prijs] is voor {amount} {name}
        {name} {label} {amount} [uit {origin}|vers|]""",
    "goods": """
        [top|zeer goede|beste|nette] [kwaliteit|spul], [niet versneden|zuiver|zoals altijd]
        [getest|gemeten] op {purity}%, [uitslag|foto] op aanvraag
        [ruikt|smaakt] [sterk|fris|naar citroen|zoals het hoort], [droog|vers|stevig]
        [prijs|kwaliteit] [klopt|verhouding super], [vergelijk maar|vraag het de vaste klanten]
        [zelfde|nieuwe|laatste] partij [als vorige keer|van bekende bron|{label}]
        [rustig|helder|vrolijk] [gevoel|effect], [lang|zonder kater|prettig]""",
    "shop": """
        [verzending|post] [dagelijks|elke werkdag|ma t/m vr], [netjes|dubbel|goed] verpakt
        [levertijd|duur] [1-2|2-4|3-6] werkdagen, [buitenland|europa] [iets langer|5-10 dagen]
        [adres|gegevens] [graag|altijd] [versleuteld|met onze sleutel]
        [geen|halve|in overleg] [terugbetaling|vergoeding] [bij fout adres|voor nieuwe kopers|na 14 dagen]
        [vragen|problemen]? [stuur eerst een bericht|we lossen het op|mail ons]
        [groeten|groetjes|tot snel|veel plezier] [van het team|en bedankt|]
        [korting|staffel] bij [grotere aantallen|meer|vaste klanten], vraag maar""",
}
_FRENCH: Final[dict[str, str]] = {
    "offer": """
        [ici|voici|nouveau] {amount} de {name} [de {label}|en vente|]
        vous [recevez|achetez|aurez] {amount} de [très bon|pur|bon|] {name}
        {label} : {amount} de {name}, [stock limité|de retour|nouvel arrivage]
        [offre|prix|annonce] pour {amount} de {name}
        {name} {label} {amount} [depuis {origin}|]""",
    "goods": """
        [très bonne|excellente|belle|vraie] qualité, [non coupé|pur|comme toujours|testé par nos amis]
        [testé|mesuré] à {purity}%, [analyse|photo] sur demande
        [odeur|goût] [fort|frais|de citron|de bois], [sec|compact|bien conservé]
        [effet|sensation] [clair|calme|joyeux|puissant], [long|sans descente|agréable]
        [meilleur|bon] [prix|rapport qualité prix] [du marché|comparez|demandez aux habitués]
        [même|nouveau|dernier] lot [que la dernière fois|de source connue|{label}]""",
    "shop": """
        envoi [chaque jour|sous 24h|du lundi au vendredi|deux fois par semaine], [bien|double] emballé
        [livraison|délai] [2-4|3-5|5-8] jours, [europe|étranger] [un peu plus|7-12 jours]
        [adresse|coordonnées] [chiffrée|avec notre clé] [svp|merci|obligatoire]
        [pas de|50% de] remboursement [si mauvaise adresse|pour nouveaux comptes|sans suivi]
        [un souci|une question] ? [écrivez d'abord|on trouve une solution|contactez nous]
        [merci|à bientôt|bonne journée|bon voyage] [à tous|l'équipe|et prenez soin de vous|]
        prix [dégressif|de gros] [sur demande|pour les habitués], [demandez|voir les autres annonces]""",
}
_SPANISH: Final[dict[str, str]] = {
    "offer": """
        [aquí|ahora|nuevo] {amount} de {name} [de {label}|en venta|]
        [recibes|compras|te llevas] {amount} de [muy buen|puro|buen|] {name}
        {label}: {amount} de {name}, [pocas unidades|de vuelta|recién llegado]
        [oferta|precio] por {amount} de {name}
        {name} {label} {amount} [desde {origin}|]""",
    "goods": """
        [muy buena|excelente|gran] calidad, [sin corte|puro|como siempre]
        [probado|medido] al {purity}%, [análisis|foto] si lo pides
        [olor|sabor] [fuerte|fresco|a limón|a tierra], [seco|compacto|bien guardado]
        [efecto|sensación] [claro|tranquilo|alegre], [largo|sin bajón|suave]
        [mejor|buen] precio [del mercado|compara|pregunta a los clientes]
        [mismo|nuevo|último] lote [que antes|de fuente conocida|{label}]""",
    "shop": """
        envío [diario|en 24h|de lunes a viernes], [bien|doble] empaquetado
        [entrega|plazo] [2-4|3-6|5-9] días, [europa|fuera] [algo más|7-12 días]
        [dirección|datos] [cifrada|con nuestra clave] [por favor|siempre|]
        [sin|50% de] reembolso [si la dirección está mal|para cuentas nuevas]
        [dudas|problemas]? [escribe primero|lo arreglamos|contacta]
        [gracias|saludos|hasta pronto|suerte] [a todos|del equipo|]
        [descuento|precio] por [cantidad|mayor], [pregunta|mira otras ofertas]""",
}
STOCKS: Final = {"de": _GERMAN, "nl": _DUTCH, "fr": _FRENCH, "es": _SPANISH}
