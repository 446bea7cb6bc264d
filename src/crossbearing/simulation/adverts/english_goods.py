"""What English-writing sellers say about the goods. Every phrase is invented; none tells how to make or take anything."""

from typing import Final

GOODS: Final[dict[str, str]] = {
    "good": """
        good\ngreat\nfine\ntop\nsuperb\nexcellent\nsolid\nproper\nlovely\namazing\nbanging\nstellar\nbeautiful\nserious
        premium\nhigh grade\nfirst class\nA grade\ntop shelf\nsecond to none\noutstanding\nmint\nwicked\ndecent\ncracking
        killer\nheavenly\nsplendid\nbrilliant\nlegit\nhonest\ntop drawer\nAAA\nsick\nlush\ndivine\nreliable\nfantastic""",
    "stuff": """
        stuff\nproduct\ngear\nmaterial\ngoods\nbatch\nquality\nitem\nmerchandise\nproduce\nsupply\ngoodies\ntreats""",
    "very": "very\nreally\nextremely\nseriously\nso\ninsanely\nquite\nsuper\nmad\nproperly\ntruly\nridiculously\nwell",
    "we": "we\nI\nus here\nmy team and I\nour crew\nme and my partner",
    "our": "our\nmy\nour own\nmy own\nthis shop's\nthe team's",
    "people": """
        customers\nbuyers\nclients\nfriends\npeople\nregulars\nfolks\ncustys\nguys\nconnoisseurs\nmembers\nheads
        ladies and gents\nveterans\nnewcomers\nold hands\nboys and girls\nloyal buyers""",
    "taste": """
        lemon\npine\ndiesel\nearth\nberries\npepper\ncitrus\nwet wood\nvanilla\ncheese\nmango\nspice\nhoney\ncoffee\nmint
        blackcurrant\nfresh hay\nincense\ngrapefruit\nleather\npetrol\ntoffee\nrose\nginger\nold libraries\nmelon\nhops""",
    "feel": """
        uplifting\nmellow\nclean\nstrong\nsmooth\neuphoric\ndreamy\nrelaxing\nchatty\nfocused\nwarm\nsociable\nheavy
        cerebral\ngiggly\nlong lasting\ngentle\nenergetic\nhappy\ncolourful\nrounded\ncrisp\ncalm\nsleepy\nclear headed
        bright\nfuzzy\nstoned to the bone\nbody melting\nloved up""",
    "colour": """
        white\noff white\ncream\nbeige\ntan\namber\nbrown\nlight brown\npinkish\nyellowish\npearl\nchampagne\nclear
        golden\nsand coloured\nivory\nsnow white\nhoney coloured\ngrey\nrosy\ncaramel\nbone white""",
    "shape": """
        rocks\nshards\nchunks\nflakes\ncrystals\none solid piece\nlittle stones\npowder and rock\nlumps\nneedles\nbig pieces
        nuggets\na compact block\nfine powder\npebbles\nlayers like slate\nfluffy powder\nboulders\nglassy splinters""",
    "who": """
        our old friend\na small lab\nthe same family as always\na chemist we trust\na farm up north\nour man on the coast
        a co-op of growers\nthe importer\nsomeone we grew up with\na new contact\npeople who know their craft\nthe source
        an uncle\nsailors\nan old hippy\na retired teacher\na master of the trade\nthe guys in the valley\na greenhouse""",
    "praise": """
        you [will|wont] [find|get|see] [better|anything like it|a match] [on here|anywhere|at this price|this side of town]
        [tested|tried|sampled] by [the whole team|our staff|a few friends|three of us|regulars] and [everyone|all] [loved it|came back|smiled]
        [the best|finest|cleanest] [<stuff>|you can get|money can buy] [right now|for the money|this year|since summer]
        [no|zero] [cuts|fillers|rubbish|nonsense|additives|surprises], [just|only|nothing but] <good> <stuff>
        [honestly|trust me|believe me|in my view], this [one|batch|lot] is <very> <good>
        <good> from [start to finish|top to bottom|first to last], [that's a promise|ask anybody|read the reviews]
        it [speaks|talks] for itself, [see|read|check] the [feedback|comments|reviews|forum]
        [ten|9|9.5|8|nine] out of [10|ten] from [most|nearly all|all our] <people>
        [miles|streets|leagues] ahead of [what the others sell|the competition|last year's|anything local]
        <very> <good> <stuff>, [simple as that|nothing more to say|full stop|end of story]
        [fussy|picky|spoilt|demanding] <people> [keep coming back|order it twice|write us poems] [for it|about this one|]
        [once tried|try it once and] you [are|will be] [a customer for life|back next week|telling your mates|hooked on us]
        [do not|don't] [confuse|mix up|compare] this with the [cheap|weak|average|bunk] <stuff> [others push|sold elsewhere|you know]
        [my|our] [personal|all time|number one|current] favourite, and [I am|we are] [hard to please|picky|spoiled]
        [it is|this is|here is] what <good> <stuff> [used to be|should be|looks like|is all about]""",
    "offer": """
        this [listing|ad|offer|page] is for {amount} of [<our> |our <good> |]{name}
        you [are buying|will receive|get|are looking at] {amount} [of|] [<good>|] {name}
        {amount} {name} [for sale|on offer|up for grabs|available|here], [sent|posted|shipped] from {origin}
        [up|here] [is|we have|comes] {amount} of {label}, [a|one] <good> {name}
        [offering|selling|listing|we bring you] {amount} {name}, [known as|called|we call it|named] {label}
        {label} {name} - {amount}
        [for your consideration|on the table today|now in stock|fresh in]: {amount} of {name}
        [price|deal] is for {amount}, [not more, not less|exactly|always a touch over|weighed with care]
        {amount} of {label}
        [welcome to|presenting|introducing|meet] {label}, {amount} [per order|each|in a bag|]
        [one|1] [order|unit|lot|x this listing] = {amount} [of {name}|{name}|]
        {name} ({label}) {amount} [only|straight|total|all in|]
        [limited|special|weekend|opening|thank you] [offer|deal|price|promo]: {amount} of {name}
        [back|again] in [stock|the shop|the house] - {name}, {amount} [portions|packs|lots|at a time]
        [we now have|just landed|arrived today|at last]: {label}! {amount} [for this price|per listing|]
        {amount} [sample|tester|pack|parcel|portion|bag|lot] of {name} [from <who>|by {label}|]
        get {amount} of [the|this] <good> {name} [delivered|to your door|without the street]
        {name} / {label} / {amount} [/ {origin}|]""",
    "batch": """
        [new|fresh|latest|this month's] batch [from <who>|called {label}|just in], [same|better] [quality|strength] [as before|than the last|]
        [comes|straight|direct] from <who>, [no middlemen|two hands only|never stepped on|as we got it]
        [last|final] [few|bits|portions|grams] of [this|the] batch, [when it's gone it's gone|next one in [a month|spring|two weeks]]
        [we have|I have] [had|sold|carried] this [since|for] [march|years|the beginning|12 months] and [never|not once] [changed|had a complaint]
        [sourced|picked|bought] [by hand|with love|with care|locally] [in|near] {origin} [from <who>|]
        [stock|supply] is [limited|plenty|steady|small], [order early|no rush|ask before big orders]
        [batch|lot|run] [no.|number|#] [3|7|12|19|21|44|5b], [labelled|stamped|known as] {label}
        [a|one] [friend|regular|reviewer] [called|named|compared] it [the lion|a symphony|old school|like {label} but stronger|a warm bath]
        [this|it] [replaces|follows|is the little sister of|beats] [our|the] [older|last|famous] [batch|{name}|line]
        [due to|because of|after] [demand|many requests|popular demand|your mails], {label} is [back|here again|restocked]""",
    "lab": """
        [tested|came back|lab says|measured] [at|as] {purity}% [pure|purity|], [results|report|sheet] on [request|the forum|our profile]
        purity [around|about|is|over|tested at] {purity}%, [uncut|no adulterants|as it came|sealed from source]
        {purity}% [+|or better|on a bad day|confirmed|by [GC|an independent lab|three reagents]]
        reagent [tested|checked|kits] [every batch|before listing|by us and by you], [always|still] test [your own|for yourself]
        [numbers|reports] [do not|don't] lie: {purity}%, [ask|message] for the [paper|sheet|graph]
        [we|I] [send|sent] [every|each|this] [lot|batch] to [a lab|be tested|the energy people] and [publish|keep|show] the [result|outcome]
        [estimated|advertised|real] purity {purity}, [some|others] [claim 95|say 99|lie], [we do not|I never]
        [marquis|froehde|mecke|all reagents] [positive|passed|as it should be], [photo|video] [in the gallery|on request|with date]""",
    "powder": """
        [comes|arrives|looks] [as|in|like] <colour> <shape> [and|with] [a|some] [shine|glitter|faint smell|strong smell|oily touch]
        <colour> <shape>, [some shake|little dust|no dust|easy to weigh], [smells|tastes] [right|clean|as it should|of nothing]
        [mostly|all|80%|nearly only] <shape>, <colour> to <colour>
        [never|not] [cut|re-pressed|touched|wet], [straight|cut] from the [block|brick|big rock|stone]
        [the feeling|it] is <feel> and <feel>[, hardly any comedown|, no jaw clench|, no fuss|]
        <feel>, <feel>, [and|also] <feel> - [what more|what else] do you [want|need]
        [dissolves|breaks|crumbles] [clean|well|easily|to nothing], [leaves|with] [no residue|a clear glass|hardly a trace]
        [small|big|medium|mixed] <shape> [of|in] [a|] <colour> [tone|hue|shade|colour], [dry|moist|sticky] [to the touch|and fresh|]
        [nice|lovely|good] <shape>, [not|never] [the|that] <colour> [dust|mush] [you may know|others send|sold on corners]
        [for|made for] [those|<people>] who [like|want|miss] it <feel> [rather than|not|instead of] <feel>
        [visibly|obviously|clearly] [different|better|cleaner]: <colour>, <shape>, [and that|with the] smell
        a <feel> [kind|sort|type] of {name}, [rare|hard to find|gone] [these days|around here|since winter]""",
    "pills": """
        [pressed|made|turned out] [hard|clean|well|by pros], [scored|with a line|stamped|embossed], <colour> [or|and] <colour>
        [do not|don't] [break|crumble] [in the post|easily|when split], [sealed|bagged|counted] [by machine|twice|in tens]
        [every|each] [pill|one|tab|piece] [the same|weighs the same|is equal], [checked|weighed|spot checked] [at random|by hand]
        [factory|pharma|lab] [sealed|made|grade], [blister|loose|foil] [packs|bags], expiry [far off|next year|printed]
        [shape|logo|stamp] of {label}, [thick|deep|sharp] [edges|line|print], <colour>
        <feel> and <feel>, [lasts|stays] [long|for hours|all evening|as expected]
        [the ones|those|the pills] [with|bearing] the [famous|well known|little] {label} [stamp|logo|mark]
        [nothing like|not] the [chalky|soft|weak] [ones|kind|copies] [from last year|around|others have]
        [weight|size] [220|300|410|450|180|90] mg [each|a piece|], [diameter|about] [8|9|11] mm, [colour|in] <colour>
        {label} [series|edition|press|range], now in <colour> [too|as well|]
        [round|oval|square|skull shaped|bar shaped|triangular], <colour>, [smooth|rough|coated] [finish|surface]""",
    "blotter": """
        [laid|printed|made] [on|with] [thick|quality|white|perforated] paper, [art|print] [shows|is|by] {label}
        [crystal|needle|silver|white] [source|quality], [never|not] [fluff|amber], <feel> and <feel>
        [cut|perforated|scored] [clean|by hand|sharp], [kept|stored] [dark and cold|frozen|away from light]
        [tested|checked] with ehrlich, [turns|goes] [purple|violet] [in seconds|at once|nicely]
        <colour> [paper|sheets|tabs], [no taste|tasteless|no metal taste], [wrapped|sealed] in [foil|mylar|dark film]
        [the|this] [print|art|sheet] is called {label}, [drawn|designed] by [a friend|<who>|nobody]
        [visuals|colours|patterns] [for days|like glass|soft and slow], [head|mind] <feel>
        [honest|true|not overstated] [count|strength|laying], [unlike|not like] [most|many|others]
        [limited|numbered|third|new] [edition|print run|artwork] {label}, [once gone|collectors] [it stays gone|ask for it|love it]""",
    "herb": """
        [smells|tastes|reeks] of <taste> and <taste>[, with a hint of <taste>|, <taste> on the way out|]
        [grown|raised] [indoor|outdoor|in soil|in a greenhouse|organically|hydro] by <who>, [flushed|cured] [well|for weeks|properly]
        [dense|tight|frosty|fluffy|sticky|chunky] [buds|nugs|heads|pieces], [hand|machine] trimmed, [no|few|hardly any] [stems|seeds|leaf]
        <feel> [in the evening|day and night|at first], then <feel>
        [cross|mix|child] of {label} and [something older|an unknown father|a local one], [flowers|finishes] [dark|late|purple]
        [dried|cured|stored] [slow|in glass|dark|with care], [never|not] [wet|sprayed|dusty]
        [burns|breaks up] [white|clean|easy|to light ash], [taste|flavour] <taste>
        {label}: <taste>, <taste>, <feel>
        [crystals|frost|trichomes] [all over|everywhere|you can see from afar], <colour> [hairs|tips|tones]
        [my|our] [growers|garden|trimmers] [did|has done] [it again|well this year|a <good> job], <taste> [on the nose|all through]
        [soft|dark|blond|crumbly|oily] [inside|texture|and fresh], [bubbles|melts] [well|at a touch|full]
        [sweet|sharp|deep|funky] <taste> [nose|aroma|smell], <feel> [stone|high|mood]
        [winner|runner up|star] of [our|the] [tasting|last harvest|season], [people|everyone] [asks|ask] for {label} [first|by name|]""",
    "liquid": """
        [clear|golden|light] [oil|liquid], [sealed|labelled|crimped] [by hand|at source|properly], [batch|lot] {label}
        [filtered|made|bottled] [clean|with care|by <who>], [smooth|easy], [no pip|no burn|no leaks]
        [flavour|taste|terps]: <taste> [with|and] <taste>
        [glass|quality|branded] [vials|bottles|cartridges], [tested|checked] for [leaks|weight|potency]
        [brand|line|series] {label}, [code|seal|sticker] [on each|to verify|on the box]
        [holds|contains|gives] [what it says|the full measure|no less than stated], <colour> [tone|oil|]
        [the|this] {label} [range|line] is [known|loved|used] [for years|all over|by <people>]""",
    "patch": """
        [sealed|boxed|original] [patches|packs], [matrix|plain|pharmacy] type, [expiry|date] [next year|printed|far off]
        [single|each] [in its own sleeve|wrapped|with lot number], [stored|kept] [cool|dry|dark]
        [strength|label] [as stated|on the sleeve|see picture], [pharma|clinic|export] [stock|packaging]
        [careful|caution|warning]: [strong|not for beginners|respect it], [we|I] [mean it|are serious|refuse newcomers]""",
    "goods": """
        [instant|fast|manual] delivery [by message|after payment|same day], [all|every] [files|parts|pieces] [checked|complete|updated]
        [written|made|put together] by <who>, [no|zero] [fluff|filler|copies], [2nd|third|latest] edition
        [editable|clean|high resolution|sturdy|precise], [comes|sent] with [support|a short note|everything shown]
        [for|as a] [novelty|collection|education|entertainment] [only|purposes|], [you|buyer] [are responsible|decide|know]
        [used|bought|read] by [over 100|many|dozens of] <people>, [feedback|comments] [speak|all good|below]
        [sold|given] [once|ten times only|to few], [no|never] resale, [ask|message] [first|before|for a preview]
        [steel|solid|paper|digital] [made|quality|], [{label}|standard|custom] [version|design|size]""",
    "deal": """
        [bulk|bigger|larger|wholesale] [orders|amounts|deals]? [message|ask|write to] [me|us] for [a price|a custom listing|discounts]
        [buy|order|take] [3|two|four|5] [and|,] [get|receive] [one|an extra|a little something] [free|on us|on the house]
        [other|more|bigger|smaller] [amounts|sizes] [in|see|on] [my|our|the] [other listings|shop|page]
        [prices|price] [will|may|can] [change|rise|drop] with the [coin|rate|season|next batch]
        [first|new] [order|buyers|time] [gets|receive|=] [10%|5%|a small bonus|a gift|15 %] [extra|off|]
        [loyal|returning|repeat] <people> [always|often|] [get|find] [extra|a surprise|more than ordered] [in the bag|in the pack|]
        [cheapest|best|fairest] [price|value|rate] [on this market|around|in {origin}|for this quality], [compare|check] [for yourself|yourself]
        [more|the more] you [buy|order], the [better|lower] the [deal|price], [ask|see listings]
        [lower|special] [price|rates] for [resellers|shops|regulars|10+ orders], [only|just] [ask|message|knock]
        [samples|testers] [are available|on request|for trusted buyers|not free, sorry]
        [over|under]weight [always|guaranteed|never]: [we|I] [weigh|pack] {amount} [plus a bit|on the dot|dry weight]""",
}
