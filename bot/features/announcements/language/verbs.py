"""Verbs of announcements: those that begin or make work, what goes with them, and what takes their meaning back.

Plain lists, so that a missing word is one edit. English only; everything is compared in lower case, an apostrophe begins a
word of its own ("we 're").
"""

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What a verb does with the work it names."""

    START = "start"  # "kicking off …"
    MAKE = "make"  # "building …"
    CHANGE = "change"  # "replacing …": the object exists already, the change is the work
    WORK = "work"  # "working on …": new only if other words say so
    SOLVE = "solve"  # "predicting …": what the work will do; new only if somebody plans or starts it
    PROPOSE = "propose"  # "proposing …"
    OTHER = "other"  # a verb that we do not know: "carving out …"


class Tense(StrEnum):
    """The form a verb stands in."""

    BASE = "base"  # build
    PRESENT = "present"  # builds
    ING = "ing"  # building
    PAST = "past"  # built


@dataclass(frozen=True, slots=True)
class Verb:
    """One form of one verb, as it may stand in a sentence."""

    lemma: str
    act: Act
    tense: Tense


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# base, present, -ing, past[, participle]
_VERBS: dict[Act, str] = {
    Act.START: """
        start,starts,starting,started  begin,begins,beginning,began,begun  kick,kicks,kicking,kicked
        spin,spins,spinning,spun  embark,embarks,embarking,embarked  launch,launches,launching,launched
        initiate,initiates,initiating,initiated  commence,commences,commencing,commenced  undertake,undertakes,undertaking,undertook
        open,opens,opening,opened  pick,picks,picking,picked  take,takes,taking,took,taken  tackle,tackles,tackling,tackled
        pursue,pursues,pursuing,pursued  bootstrap,bootstraps,bootstrapping,bootstrapped  form,forms,forming,formed
        perform,performs,performing,performed  conduct,conducts,conducting,conducted
        spend,spends,spending,spent  dedicate,dedicates,dedicating,dedicated  devote,devotes,devoting,devoted
        greenlight,greenlights,greenlighting,greenlit  go,goes,going,went,gone  run,runs,running,ran  do,does,doing,did,done  get,gets,getting,got,gotten  lay,lays,laying,laid
        lead,leads,leading,led  approve,approves,approving,approved  fund,funds,funding,funded  charter,charters,chartering,chartered
    """,
    Act.MAKE: """
        build,builds,building,built  create,creates,creating,created  develop,develops,developing,developed
        design,designs,designing,designed  write,writes,writing,wrote,written  prototype,prototypes,prototyping,prototyped
        implement,implements,implementing,implemented  make,makes,making,made  craft,crafts,crafting,crafted
        assemble,assembles,assembling,assembled  construct,constructs,constructing,constructed  put,puts,putting,put
        stand,stands,standing,stood  set,sets,setting,set  roll,rolls,rolling,rolled  draft,drafts,drafting,drafted
        train,trains,training,trained  pilot,pilots,piloting,piloted  trial,trials,trialling,trialled  hack,hacks,hacking,hacked
        engineer,engineers,engineering,engineered  establish,establishes,establishing,established  define,defines,defining,defined
        invest,invests,investing,invested  introduce,introduces,introducing,introduced  deliver,delivers,delivering,delivered
        architect,architects,architecting,architected  distill,distills,distilling,distilled  productionize,productionizes,productionizing,productionized
        productionise,productionises,productionising,productionised  explore,explores,exploring,explored
        experiment,experiments,experimenting,experimented  try,tries,trying,tried  add,adds,adding,added
        own,owns,owning,owned  provide,provides,providing,provided  offer,offers,offering,offered  code,codes,coding,coded
        fine-tune,fine-tunes,fine-tuning,fine-tuned  finetune,finetunes,finetuning,finetuned  bake,bakes,baking,baked  plan,plans,planning,planned  glue,glues,gluing,glued
        wrap,wraps,wrapping,wrapped  model,models,modelling,modelled
    """,
    Act.CHANGE: """
        replace,replaces,replacing,replaced  rewrite,rewrites,rewriting,rewrote,rewritten  rebuild,rebuilds,rebuilding,rebuilt
        migrate,migrates,migrating,migrated  move,moves,moving,moved  consolidate,consolidates,consolidating,consolidated
        unify,unifies,unifying,unified  standardize,standardizes,standardizing,standardized
        standardise,standardises,standardising,standardised  centralize,centralizes,centralizing,centralized
        centralise,centralises,centralising,centralised  merge,merges,merging,merged  port,ports,porting,ported
        refactor,refactors,refactoring,refactored  redesign,redesigns,redesigning,redesigned  overhaul,overhauls,overhauling,overhauled
        retire,retires,retiring,retired  sunset,sunsets,sunsetting,sunset  bring,brings,bringing,brought
        extract,extracts,extracting,extracted  split,splits,splitting,split  modernize,modernizes,modernizing,modernized
        modernise,modernises,modernising,modernised  switch,switches,switching,switched  convert,converts,converting,converted
        rearchitect,rearchitects,rearchitecting,rearchitected  automate,automates,automating,automated
        rethink,rethinks,rethinking,rethought  revamp,revamps,revamping,revamped  transition,transitions,transitioning,transitioned
        harmonize,harmonizes,harmonizing,harmonized  harmonise,harmonises,harmonising,harmonised
        decommission,decommissions,decommissioning,decommissioned  extend,extends,extending,extended  turn,turns,turning,turned
        generalize,generalizes,generalizing,generalized  generalise,generalises,generalising,generalised
    """,
    Act.WORK: """
        work,works,working,worked  collaborate,collaborates,collaborating,collaborated  team,teams,teaming,teamed
        look,looks,looking,looked  focus,focuses,focusing,focused  partner,partners,partnering,partnered  join,joins,joining,joined
    """,
    Act.PROPOSE: """
        propose,proposes,proposing,proposed  suggest,suggests,suggesting,suggested  pitch,pitches,pitching,pitched
        announce,announces,announcing,announced
    """,
}
# What a model or a system does to its subject matter. Regular verbs; a `+` doubles the last letter: spotting.
_SOLVING = """
    predict forecast detect estimate classify recognise recognize cluster transcribe rank rerank re-rank simulate infer impute
    segment deduplicate dedupe personalise personalize optimise optimize summarise summarize moderate benchmark anonymise anonymize
    de-identify redact tokenise tokenize quantise quantize calibrate embed+ vectorise digitise digitize localise localize synthesise
    synthesize disambiguate normalise normalize recommend parse denoise geocode transliterate interpolate extrapolate reconcile
    find spot+ catch identify match generate learn translate count grade route monitor score explain tag+ label annotate read measure
    suggest flag+ schedule group map+ link resolve search infer compress audit trace track enrich index anticipate prevent
    reduce improve speed shorten cut+ lower prioritise prioritize triage assign allocate balance price attribute
    mask screen filter verify monitor version productise productize
    serve expose crawl scrape rewrite validate combine connect integrate stream cache distribute compute pre-compute precompute
    guess isolate scan+ tailor adapt steer guide nudge diversify expand refresh retrain automate teach decide
"""
# Of these, the ones that nobody does as an errand: they name work of this registry's kind by themselves.
TECHNICAL = _words(
    """predict forecast detect estimate classify recognise recognize cluster transcribe rank rerank re-rank simulate impute segment
    deduplicate dedupe personalise personalize moderate anonymise anonymize de-identify redact tokenise tokenize quantise
    quantize calibrate embed vectorise digitise digitize synthesise synthesize disambiguate geocode optimise optimize denoise
    transliterate precompute pre-compute score retrain infer""",
)


def _ing(stem: str, *, doubled: bool) -> str:
    return f"{stem[:-1] if stem.endswith('e') else stem + stem[-1] if doubled else stem}ing"


def _forms() -> dict[str, tuple[Verb, ...]]:
    tenses = (Tense.BASE, Tense.PRESENT, Tense.ING, Tense.PAST, Tense.PAST)
    forms: dict[str, tuple[Verb, ...]] = {}
    for act, listed in _VERBS.items():
        for row in listed.split():
            words = row.split(",")
            for word, tense in zip(words, tenses, strict=False):
                if all(verb.tense is not tense for verb in forms.get(word, ())):
                    forms[word] = (*forms.get(word, ()), Verb(words[0], act, tense))
    for base in _SOLVING.split():
        stem = base.rstrip("+")
        if any(verb.lemma == stem for verb in forms.get(stem, ())):
            continue
        for word, tense in ((stem, Tense.BASE), (_ing(stem, doubled=base.endswith("+")), Tense.ING)):
            forms[word] = (*forms.get(word, ()), Verb(stem, Act.SOLVE, tense))
    return forms


VERBS = _forms()

# Verbs that mean the start of work only together with a particle: "spin up", "take on". Others may drop theirs.
PARTICLES: dict[str, frozenset[str]] = {
    "kick": _words("off"),
    "spin": _words("up out"),
    "stand": _words("up"),
    "pick": _words("up"),
    "take": _words("on up"),
    "go": _words("ahead with"),
    "get": _words("going started underway rolling cracking"),
    "lay": _words("groundwork foundation foundations"),
    "put": _words("together up"),
    "set": _words("up out"),
    "roll": _words("out"),
    "embark": _words("on upon"),
    "experiment": _words("with"),
    "work": _words("on toward towards"),
    "collaborate": _words("on"),
    "focus": _words("on"),
    "look": _words("at into"),
    "team": _words("up"),
    "join": _words("forces"),
    "hack": _words("on together"),
    "bake": _words("in into"),
    "start": _words("up off"),
    "build": _words("out"),
    "open": _words("up"),
    "try": _words("out"),
    "bring": _words("up"),
}
# What takes time first and the work behind it: "spend two sprints on a simulator".
GIVING = _words("spend dedicate devote invest")
# "Doing a POC", "running a pilot": only with the name of an undertaking.
ONLY_UNDERTAKINGS = _words("do run lead open perform conduct")
TRIALS = _words("poc pocs pilot pilots spike prototype prototypes proof proof-of-concept mvp trial feasibility")
# Tries that may come to nothing; they weigh less.
TENTATIVE = _words("try explore experiment trial hack suggest roll add own")
TRYING = _words("try explore experiment trial")
NEEDS_PARTICLE = _words(
    "go get lay team join kick spin stand pick take put set roll embark experiment work collaborate focus look hack bake"
)
# Verbs with another word that mean something else.
IDIOMS: dict[str, frozenset[str]] = {
    "build": _words("up and upon on in"),
    "make": _words("sure progress it use sense up do good"),
    "take": _words("off over care part place"),
    "develop": _words("and"),
    "set": _words("aside"),
    "write": _words("down to"),
    "open": _words("to"),
    "move": _words("on away"),
    "start": _words("with at by over"),
    "begin": _words("with at by"),
    "bring": _words("back it this"),
    "switch": _words("off on"),
    "turn": _words("off on down up"),
    "create": _words("and"),
    "roll": _words("back"),
    "work": _words("from with for through out"),
    "add": _words("to that"),
    "put": _words("in on off"),
}
# What a team does all the time: announcing it needs "will".
STANDING = _words("own provide offer deliver try add make train move set roll do")
# What may stand between the subject and the verb, and belongs to the verb.
AUXILIARIES = _words(
    """will 'll shall be been being am 'm is 's are 're was were have 've has had to going gonna about plan plans planning planned
    intend intends intending intended want wants wanting wanted aim aims aiming decided decide agreed agree look looking hope hopes hoping
    hoped set sets setting out ready like 'd would love start starts starting begin begins beginning started began begun could can should
    might may must need needs let not 't don won do does did never no longer get gets getting got try tries trying tried excited
    thrilled happy glad proud pleased allowed committed preparing prepares prepare considered considering considers cannot cant
    continuing continue continues keep keeps stopped stop avoid against without chosen chose ought supposed able expect expects expected due
    resolved determined proceed ahead forward busy join joins joined joining forces teaming up signed sign given gave tasked asked assigned""",
)
# Nouns and participles that hand work out: "got budget for building", "were asked to build", "our effort to unify".
MANDATES = _words(
    """approval budget funding funds funded mandate permission asked tasked commissioned chartered go-ahead light effort efforts plan plans idea goal
    mission process charge work project initiative decision commitment proposal responsible busy sprint sprints days weeks months quarter headcount time task ok okay""",
)
NEGATION = _words(
    "not 't never nobody none don won stop stopped without longer no neither nor against avoid cannot cant considered"
)
# "We were planning to", "we wanted to": it came to nothing, or somebody would say "are".
ABANDONED = _words("was were had wanted planned hoped tried intended considering considers considered")
HYPOTHETICAL = _words("would could should might may must can need needs ought supposed let able do does did")
INTENT = _words(
    """will 'll shall gonna going about plan plans planning intend intends intending want wants wanting aim aims aiming
    decided decide agreed agree look looking hope hopes hoping set sets setting ready excited thrilled committed preparing chosen chose
    start starts started starting begin begins began begun proud happy glad pleased expect expects resolved determined due forces signed teaming""",
)
BEING = _words("be been am 'm is 's are 're getting get busy")
BEGINNINGS = _words("start starts starting started begin begins beginning began begun")


def _with_ing(text: str) -> frozenset[str]:
    """The words, and how their -ing forms may be spelled: testing, sharing, running."""
    bases = _words(text)
    return bases.union(*({f"{base}ing", f"{base[:-1]}ing", f"{base}{base[-1]}ing"} for base in bases))


# Verbs of every day that start nothing, after "we are" or "we will".
EVERYDAY = _with_ing(
    """analyse analyze apply approach ask attend be blocked buy call change check close come compare consider continue
    cover deal debug delete demo depend deploy disable discuss do download enable evaluate expect explain face
    fail feel fill find fix follow get give have hear help hire hit hold host investigate invite join keep know
    learn leave let like live look lose love maintain measure meet mention miss monitor need note notice order
    organise organize outsource owe pause pay play post prefer prepare present propose publish push put reach
    read receive recommend reject release rely remember remove rent report request require rerun restart return
    reuse review run save say schedule see seek sell send share ship show sit speak spend stay stop struggle
    study submit suffer suggest support switch take talk tell test thank think trigger try tune turn understand
    update upgrade upload use validate visit wait watch win wonder""",
)
