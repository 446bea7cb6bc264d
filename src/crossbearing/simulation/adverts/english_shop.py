"""What English-writing sellers say about themselves, the post and complaints. Every phrase is invented."""

from typing import Final

SHOP: Final[dict[str, str]] = {
    "greet": """
        [welcome|hello|hi|greetings|good day] [to|] [our shop|my page|all|everyone|dear <people>|friends]
        [hello|hi|hey] <people>, [thanks|thank you] for [stopping by|looking|your interest|visiting]
        [we are|I am] [back|new here|open again|still here|a small team] [after the move|since spring|and happy about it|with the same crew]
        [established|trading|selling|around] since [2012|2015|the first market|long ago], [now|also] [here|on this market]
        [we|I] [take|have] pride in [our|my] [work|packing|service|products|good name]
        [a few words|please read|read this first|important], [before you order|it saves us both time|dear <people>]
        [quality|service|honesty|trust] [comes first|is everything|above all] [with us|in this shop|for me|since day one]
        [only|just] [a hobby|a side job|two people|one pair of hands] here, [so|therefore] [be patient|be nice|bear with us]
        [top|level 5|trusted|verified] [seller|vendor] on [every market so far|three markets|other sites], [ask around|see the forum]
        [our|my] [aim|goal|motto|promise]: [happy <people>|fair prices|no drama|quick and clean]""",
    "ship": """
        [orders|packages|parcels|packs] [go out|leave|are sent|are shipped] [daily|every day|mon to fri|within 24 hours|twice a week|the next working day]
        [we|I] [ship|post|send] [from {origin}|] [worldwide|to europe|everywhere|domestic only|within the EU|anywhere but {away}]
        [delivery|arrival|shipping] [takes|time is|usually] [2-4|3 to 5|1-3|5-10|7 to 14] [working days|business days|days], [sometimes longer|rarely more|depending on the post]
        [well|double|vacuum|carefully|properly] [packed|sealed|wrapped], [no|zero] [smell|complaints|problems] [so far|in years|yet|]
        [tracking|tracked post|a tracking number] [is|] [not given|on request|for big orders only|always included|costs extra]
        [cut off|last orders|closing] [time|] [is|at] [noon|2 pm|10:00|6 in the evening], [weekends|sundays] [off|we rest|no post]
        [express|priority|next day|first class] [post|mail|shipping] [available|is included|extra|on request|over 100]
        [write|give|send] your address [in the right format|as on an envelope|correctly|clearly], [encrypted|with our key|please]
        [wait|allow|give it] [at least|] [7|10|14|21] [days|working days] before [you ask|writing|opening anything|you worry]
        [free|cheap|flat rate] [shipping|postage] [on all orders|over 50|in this listing|this week|within {origin}]
        [we|I] [never|do not] [reuse|keep|store] [addresses|names|details], [deleted|gone|wiped] after [dispatch|each order|sending]
        [stealth|packaging|packing] [is|rated|always] [good|excellent|top|10/10|updated], [same|no different] from [normal|other|business] mail""",
    "terms": """
        [refund|reship|resend] [policy|terms|rules]: [50%|half|full|none|case by case] [if lost|for trusted <people>|with history|after 20 days]
        [no|we give no|sorry no] [refund|reship|resend|replacement] [for|to] [new accounts|wrong addresses|{away}|zero feedback|first orders]
        [please|kindly|always] [finalize|release|confirm] [on arrival|when it lands|soon|as soon as you can], [it helps|we live from it|thank you]
        [do not|never|don't] [open|start] a [dispute|complaint] [before|without] [writing|talking|a message] to [us|me] [first|]
        [problems|issues|questions|anything wrong]? [message|write to|contact|talk to] [us|me] [first|before feedback|and we sort it]
        [by ordering|if you order|placing an order means] you [agree|accept|have read] [to|] [these|our|the] [terms|rules|conditions]
        [early|upfront] [finalize|release|payment] [only|] for [us|trusted|level 4|old] [<people>|buyers with 10+ deals|accounts]
        [orders|messages] without [encryption|a proper address|the right country] are [cancelled|ignored|refused] [at once|without reply|]
        [we|I] [answer|reply to|read] [all|every] [message|mail]s [daily|within a day|in the evening|twice a day]
        [rude|impatient|silly] [messages|<people>] [go|are sent] [elsewhere|to the bin|on the list], [life is short|sorry|no hard feelings]
        [minimum|smallest|maximum] order [is|] [20|50|100|200] [for shipping abroad|to {away}|please|]
        [autofinalize|escrow|auto release] [runs out|ends] [after|in] [7|14|10] days, [extend|watch it|keep an eye on it]""",
    "review": """
        [leave|give|write] [5 stars|honest feedback|a review|a few words] [and|to] [get|receive] [a bonus|something extra|our thanks] [next time|]
        [your|good|positive] [feedback|reviews|words] [keep|keeps] [us|this shop] [going|alive|in business]
        [over|more than|nearly] [300|1000|4,500|200|2k] [deals|sales|reviews|orders] and [98%|99.2%|hardly a bad one|all smiles]
        [not happy|unhappy|less than 5 stars]? [tell|ask] us [before|first], [not the world|we make it right|there is a way]""",
    "contact": """
        [news|updates|changes|stock] [on|in] [our|my|the] [profile|forum thread|sub|page]
        [encrypt|use pgp for|please encrypt] [everything|all sensitive things|your address|all mails], [key|our key] [is on|on] [the|our] profile
        [find|see|look for] [us|me] [on|at] other markets [by the key|with the same key|only by pgp], [beware|watch out for] [copies|fakes|imitators]
        [new|old|same] [key|pgp] [since|from] [may|last year|the move], [check|verify] [it|first] [always|]""",
    "sign": """
        [cheers|regards|peace|best|stay safe|take care|enjoy|much love|thanks], [the team|your crew|us|yours|the shop]
        [stay|be] [safe|well|good|lucky] [out there|folks|<people>|and order soon]
        [thank you|thanks|cheers] for [reading|your trust|your business|supporting a small shop]
        [see you|until|till] [soon|next order|next time|then]
        [happy|good|nice] [shopping|weekend|days|trip|times] [to all|<people>|!|]""",
}
