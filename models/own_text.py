"""What do customers write? Sentences of our own, to fit the table to.

    python models/own_text.py | shuf -n 20

`phrases/*.txt` holds, industry by industry, what customers talk about (`@thing`), what went wrong (`@wrong`), what they want to do
(`@ask`) and what they praise (`@good`); all of it was written for this project from general knowledge. This file puts the phrases into
the frames in which people say such things: answers of one word, questions, grumbles, praise, long complaints. The same seed gives the
same sentences.
"""

import random
import re
from pathlib import Path

SEED = 7
FOLDER = Path(__file__).parent / "phrases"
# How often a phrase is used: each wrong and good line, each wish, each thing.
N_WRONG, N_GOOD, N_ASK, N_THING = 44, 30, 16, 14

SLOTS = {
    "amount": "$20|$35|$49.99|$120|$300|$1,500|£10|£25.50|£80|£400|€15|€60|€250|fifty dollars|200 pounds|forty euros|ten bucks|a fortune|about 90|3000",
    "duration": "an hour|two hours|45 minutes|half a day|three days|a week|ten days|two weeks|a month|three months|half a year|over a year|ages|the whole weekend|20 minutes|40 min",
    "city": "London|Leeds|Glasgow|Dublin|Paris|Berlin|Madrid|Rome|Oslo|Chicago|Denver|Austin|Miami|Seattle|Boston|Phoenix|Toronto|Sydney|Mumbai|Lagos|Nairobi|Dubai|Singapore|Tokyo",
    "country": "France|Spain|Italy|Portugal|Greece|Turkey|Poland|Germany|Sweden|Mexico|Brazil|Canada|Australia|India|Thailand|Japan|China|Egypt|Kenya|Nigeria|the States|Switzerland",
    "weekday": "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|tomorrow|the weekend|the end of the month",
    "number": "two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|30|100|500",
    "device": "phone|tablet|laptop|iPhone|Android phone|old phone|work computer|Mac|Windows PC|watch",
    "person": "my wife|my husband|my mother|my father|my son|my daughter|my partner|a friend|my neighbour|my grandmother|a colleague|our team|our company|I",
}

OPENERS = """
Hi,|Hello,|Hello there,|Good morning,|Please help:|Help!|Urgent:|So|Well,|Honestly|Unfortunately|Sadly|Yet again|Once more|Again|Apparently|Just|Today|Yesterday|Last week|Last night|
This morning|In {city}|While abroad in {country}|After {duration}|For the third time|I am very upset:|I am angry that|I am disappointed that|I am worried because|I do not understand why|I noticed that|I just saw that|It seems that|
It looks like|I am writing because|I want to complain:|I wish to make a formal complaint:|Not happy:|Not impressed,|Disgusted.|Unbelievable.|Ridiculous.|Terrible experience:|Worst experience ever,|What a mess:|
Why is it that|How can it be that|How is it possible that|The main reason for my score:|My biggest problem is that|The only thing I would change is that|First of all|To be fair|Overall|As a loyal customer|
As a customer of {number} years|For {person} it was awful:|The problem is that|The issue started when|I rated you low because|You lost me when|I was told not to worry but
"""
CLOSERS = """
and nobody helped|and no one can tell me why|and I want my money back|and I need it fixed today|and I have had enough|and it happened again this week|and this is not the first time|and I got no apology|and I am still waiting|
and I cannot reach anyone|and the phone line is always busy|and support sent me in circles|and I lost {amount}|and it cost me {amount}|and it took {duration} to sort out|and I missed an important deadline|and now I am out of pocket|
and my family is suffering|and I was in tears|and I felt stupid|, what should I do?|, what happens now?|, can you look into it?|, please advise|, please sort it out|, please explain|, can somebody help me?|, is that normal?|,
why is that?|, who can fix this?|, when will it be fixed?|. I want a refund.|. I will not come back.|. Never again.|. I am switching.|. Please call me.|. I want to speak to a manager.|. How do I fix this?|. What can be done?|
. Very poor.|. Very frustrating.|. Shocking service.|. Completely unacceptable.|. Zero stars.|. Please do better.|. I expect compensation.|. I have told you {number} times already.|. This has been going on for {duration}.|
. I waited {duration}.|. It is now {weekday}.|. My reference starts with {number}.|. Not good enough.|. Shame on you.|!|!!|...|
"""
ASKS = """
How do I {x}?|How can I {x}?|How would I {x}?|Can I {x}?|Can you help me {x}?|Could you tell me how to {x}?|Could I {x} please?|Is it possible to {x}?|Is there a way to {x}?|Am I able to {x}?|
What do I need to do to {x}?|What is the best way to {x}?|What are the steps to {x}?|Where can I {x}?|Where do I go to {x}?|When can I {x}?|Why can I not {x}?|Why can't I {x}?|Who do I call to {x}?|
Do I have to pay to {x}?|How long does it take to {x}?|What does it cost to {x}?|I want to {x}|I'd like to {x}|I would like to {x}, please|I need to {x}|I need to {x} urgently|I have to {x} before {weekday}|
I am trying to {x}|I'm trying to {x} but it does not work|I tried to {x} {number} times|I could not {x}|I can't figure out how to {x}|I don't know how to {x}|Nobody could tell me how to {x}|
They would not let me {x}|They refused to let me {x}|It should be easier to {x}|It was easy to {x}|It is impossible to {x}|It took {duration} to {x}|Make it simpler to {x}|Let me {x} online|Let me {x} in the app|
I called to {x}|I went in to {x}|{person} would like to {x}|My {device} will not let me {x}|please help me {x}|help me {x}|{x}|looking to {x}|Am I allowed to {x}?|Would I be able to {x} from {country}?|
Please tell me how I {x}|Hi, I want to {x}, what should I do?|I've been trying to {x} for {duration}
"""
THINGS = """
{t}|the {t}|{t} problem|{t} issues|problem with the {t}|problems with my {t}|issue with {t}|question about the {t}|complaint about the {t}|better {t}|more {t}|cheaper {t}|faster {t}|improve the {t}|fix the {t}|
Please fix the {t}|Please bring back the {t}|no {t}|lack of {t}|poor {t}|bad {t}|terrible {t}|great {t}|good {t}|excellent {t}|love the {t}|hate the {t}|nice {t} and {u}|{t} and {u}|the {t} and the {u}|{t}, {u}|
The {t} was great but the {u} was poor|The {t} could be better|The {t} needs work|The {t} is {bad}|The {t} is {good}|The {t} was {bad}|The {t} was {good}|Your {t} is {bad}|Your {t} is {good}|My {t} is {bad}|
My {t} is {fault}|The {t} is {fault}|My {t} {broke}|The {t} {broke}|Is there something wrong with the {t}?|What is happening with my {t}?|What is the {t}?|How does the {t} work?|Where is my {t}?|Where do I find the {t}?|
When will I get my {t}?|Why is the {t} so {bad}?|Why was my {t} {fault}?|Do you offer {t}?|Can I have a {t}?|Can I change my {t}?|I need a new {t}|I lost my {t}|I never got the {t}|I am happy with the {t}|I am not happy with my {t}|
I am waiting for my {t}|I have a question about my {t}|I had trouble with the {t}|I like the {t} but not the {u}|I would pay more for a better {t}|Only the {t} lets you down|The {t} made all the difference|Thanks for the {t}|
They lost my {t}|They charged me {amount} for the {t}|{amount} for a {t} is too much|The {t} took {duration}|Waited {duration} for the {t}|Nobody explained the {t}|Too much trouble with {t} and {u}|
Compared with your competitors the {t} is {bad}|The {t} is {good} and the {u} is {good}|The {t} is {bad} and the {u} is {fault}|The {t} works fine, the {u} does not|{person} had trouble with the {t}|Be clearer about the {t}|
The information about the {t} is {bad}|The staff knew nothing about the {t}|The {t} in {city} is {bad}|Sort out the {t}|Everything is fine except the {t}|Very pleased with the {t}|My main concern is the {t}
"""
BAD = """
awful|terrible|horrible|appalling|dreadful|useless|poor|mediocre|disappointing|confusing|misleading|unclear|complicated|slow|too slow|outdated|old|unreliable|inconsistent|expensive|overpriced|too expensive|a rip-off|a joke|
a disgrace|a nightmare|a waste of money|not worth it|unacceptable|below average|worse than before|not as advertised|annoying|frustrating|unfair|unsafe|dangerous|dirty|noisy|too small|too big|too short|too long|too complicated|
hard to find|hard to use|hard to understand|limited|boring|cheap looking|uncomfortable|cold|rude|unhelpful|unprofessional|careless|chaotic|understaffed|shabby|smelly|stressful|embarrassing|insulting
"""
GOOD = """
great|good|excellent|fantastic|amazing|wonderful|perfect|superb|brilliant|lovely|nice|decent|fine|okay|average|fair|reasonable|affordable|cheap|good value|worth the money|fast|quick|prompt|easy|simple|clear|
intuitive|reliable|consistent|safe|secure|clean|spotless|quiet|comfortable|cosy|spacious|fresh|tasty|beautiful|stylish|modern|professional|friendly|helpful|polite|kind|patient|knowledgeable|flexible|transparent|honest|
convenient|useful|better than expected|the best|second to none|first class|outstanding|impressive|a pleasure|easy to use|well organised|up to date
"""
FAULT = """
missing|lost|late|delayed|overdue|wrong|incorrect|broken|damaged|faulty|defective|blocked|locked|frozen|cancelled|suspended|rejected|declined|denied|refused|expired|pending|stuck|unavailable|closed|full|empty|
stolen|incomplete|duplicated|out of order|not working|still not here|not available|not recognised|charged twice
"""
BROKE = """
does not work|doesn't work|stopped working|keeps failing|failed|never arrived|has not arrived|disappeared|broke after {duration}|was not there|was not what I ordered|went wrong|could not be found|was changed without notice|
went up to {amount}|takes too long|takes {duration}|did not help|made things worse|cost me {amount}|is never right
"""
PRAISE_OPENERS = "Thank you,|Thanks!|Great:|Love that|I love that|I was impressed that|So happy that|Really pleased,|Well done,|Credit where due:|Kudos,|Good to see that|I was surprised that|To my delight|Ten out of ten,|Five stars:|Overall|In {city}|After {duration}|"
PRAISE_CLOSERS = ", thank you|, thanks a lot|. Keep it up.|. Highly recommended.|. Will come again.|. I told all my friends.|!|. Ten out of ten.| and that is why I stay| but the {t} could be better| although the {t} is {bad}|. Only the {t} let you down.| and the {t} was {good}|. Best in {city}.||"


def generate(seed=SEED):
    """Sentences, in a fixed order; a few are equal."""
    writer = Writer(random.Random(seed))
    for path in sorted(FOLDER.glob("*.txt")):
        yield from writer.industry(read_phrases(path))


def read_phrases(path):
    phrases, section = {}, None
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            section = line[1:]
        elif line.strip():
            found = split(line) if section in ("thing", "ask") else [line]
            phrases.setdefault(section, []).extend(found)
    return phrases


def split(text):
    """Parts at each `|` outside parentheses."""
    return [part.strip() for part in re.split(r"\|(?![^(]*\))", text.strip())]


class Writer:
    def __init__(self, chance):
        self.chance = chance
        self.lists = {name: split(text.replace("\n", "")) for name, text in
                      {**SLOTS, "bad": BAD, "good": GOOD, "fault": FAULT, "broke": BROKE}.items()}
        self.frames = {name: [frame for frame in split(text.replace("\n", ""))] for name, text in
                       {"open": OPENERS, "close": CLOSERS, "ask": ASKS, "thing": THINGS,
                        "praise": PRAISE_OPENERS, "end": PRAISE_CLOSERS}.items()}

    def industry(self, phrases):
        things, wrong, good, asks = (phrases[name] for name in ("thing", "wrong", "good", "ask"))
        for _ in range(N_THING):
            for thing in things:
                yield self.say(self.pick("thing"), things, t=thing)
        for _ in range(N_ASK):
            for ask in asks:
                yield self.say(self.pick("ask"), things, x=ask)
        for _ in range(N_GOOD):
            for line in good:
                yield self.praise(line, things)
        for _ in range(N_WRONG):
            for line in wrong:
                yield self.complaint(line, wrong, asks, things)

    def complaint(self, line, wrong, asks, things):
        kind = self.chance.random()
        if kind < 0.25:
            return self.say(line, things)
        if kind < 0.45:
            return self.say(f"{self.pick('open')} {line}", things)
        if kind < 0.70:
            return self.say(join(line, self.pick("close")), things)
        if kind < 0.80:
            return self.say(f"{line}. {self.pick('ask')}", things, x=self.chance.choice(asks))
        if kind < 0.90:
            return self.say(f"{self.pick('open')} {line} and {self.chance.choice(wrong)}", things)
        return self.say(f"{line}. {self.pick('thing')}", things)

    def praise(self, line, things):
        kind = self.chance.random()
        if kind < 0.4:
            return self.say(line, things)
        return self.say(join(f"{self.pick('praise')} {line}", self.pick("end") if kind > 0.6 else ""), things)

    def pick(self, frame):
        return self.chance.choice(self.frames[frame])

    def say(self, text, things, **given):
        """Fills slots, takes one of each `(a|b)`, and now and then writes as people type."""
        values = {"t": self.chance.choice(things), "u": self.chance.choice(things), **given}
        for _ in range(4):
            text = re.sub(r"\(([^()]*)\)", lambda found: self.chance.choice(found[1].split("|")), text)
            text = re.sub(r"\{(\w+)\}", lambda found: values.get(found[1]) or self.chance.choice(self.lists[found[1]]), text)
        text = re.sub(r"\s+([,.!?])", r"\1", re.sub(r"\s+", " ", text)).strip()
        return self.as_typed(text)

    def as_typed(self, text):
        kind = self.chance.random()
        if kind < 0.35:
            return text[:1].upper() + text[1:]
        if kind < 0.5:
            return text.lower().rstrip(".?!")
        if kind < 0.6:
            for full, short in CONTRACTIONS:
                text = text.replace(full, short)
        return text


CONTRACTIONS = [("do not", "don't"), ("does not", "doesn't"), ("did not", "didn't"), ("cannot", "can't"), ("will not", "won't"), ("was not", "wasn't"),
                ("is not", "isn't"), ("has not", "hasn't"), ("have not", "haven't"), ("would not", "wouldn't"), ("could not", "couldn't"),
                ("I have", "I've"), ("I am", "I'm"), ("I would", "I'd"), ("it is", "it's"), ("please", "pls"), ("because", "bc")]


def join(line, closer):
    return line + closer if closer[:1] in {",", ".", "!", " "} else f"{line} {closer}"


if __name__ == "__main__":
    print("\n".join(generate()))
