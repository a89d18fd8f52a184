"""The words of announcements: verbs that begin work, nouns that are work, and words that say it is something else.

The vocabulary of claims and titles in plain lists, in one place: a missing word is one edit. English only; everything is
compared in lower case, without apostrophes.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What a verb does with the work it names."""

    START = "start"  # "kicking off …"
    MAKE = "make"  # "building …"
    CHANGE = "change"  # "replacing …": the object exists already, the change is the work
    WORK = "work"  # "working on …": new only if other words say so
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
        partner,partners,partnering,partnered  join,joins,joining,joined
    """,
    Act.PROPOSE: """
        propose,proposes,proposing,proposed  suggest,suggests,suggesting,suggested  pitch,pitches,pitching,pitched
        announce,announces,announcing,announced
    """,
}


def _forms() -> dict[str, tuple[Verb, ...]]:
    tenses = (Tense.BASE, Tense.PRESENT, Tense.ING, Tense.PAST, Tense.PAST)
    forms: dict[str, tuple[Verb, ...]] = {}
    for act, listed in _VERBS.items():
        for row in listed.split():
            words = row.split(",")
            for word, tense in zip(words, tenses, strict=False):
                if all(verb.tense is not tense for verb in forms.get(word, ())):
                    forms[word] = (*forms.get(word, ()), Verb(words[0], act, tense))
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
    "invest": _words("in into"),
    "experiment": _words("with"),
    "work": _words("on toward towards"),
    "collaborate": _words("on"),
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
# "Doing a POC", "running a pilot": only with the name of an undertaking.
ONLY_UNDERTAKINGS = _words("do run lead open")
TRIALS = _words("poc pocs pilot pilots spike prototype prototypes proof proof-of-concept mvp trial feasibility")
# Verbs of every day that start nothing, after "we are" or "we will".
EVERYDAY = _words(
    """use using test testing review reviewing deploy deploying show showing discuss discussing look looking share sharing demo demoing meet
    meeting talk talking check checking fix fixing debug debugging watch watching hire hiring visit visiting attend attending publish publishing
    monitor monitoring restart restarting upgrade upgrading update updating enable enabling disable disabling see seeing read reading ask asking
    send sending post posting ship shipping release releasing close closing keep keeping follow following wait waiting support supporting
    maintain maintaining present presenting remove removing delete deleting stop stopping have having need needing do doing be being like liking
    know knowing feel feeling find finding give giving help helping let letting live living love loving miss missing pay paying play playing
    say saying seek seeking sell selling sit sitting stay staying study studying tell telling thank thanking think thinking understand understanding
    upload uploading download downloading buy buying call calling change changing compare comparing come coming continue continuing cover covering
    expect expecting face facing fail failing fill filling get getting hear hearing host hosting hit hitting invite inviting learn learning leave leaving
    lose losing measure measuring mention mentioning note noting notice noticing organise organize order ordering owe prepare preparing prefer
    propose push pushing put putting reach reaching receive receiving recommend recommending reject rejecting rely remember report reporting request
    requesting require rerun rerunning return returning run running save saving schedule scheduling speak speaking spend spending struggle struggling submit
    submitting suffer suffering suggest switch take taking trigger triggering try trying turn wonder wondering depend depending rent renting evaluate
    evaluating analyse analyze analyzing analysing apply applying approach approaching consider considering explain explaining get giving hold holding
    investigate investigating join joining outsource pause pausing reuse reusing tune tuning validate validating win winning blocked dealing deal""",
)
# Objects that are people: "add you", "offer them".
PEOPLE = _words("you them us me him her it myself yourself themselves someone everyone people that this")
# Tries that may come to nothing; they weigh less.
TENTATIVE = _words("try explore experiment trial hack suggest roll add own")
NEEDS_PARTICLE = _words("go get lay team join kick spin stand pick take put set roll embark invest experiment work collaborate hack bake")

ADVERBS = _words(
    """now currently finally also officially just soon actively jointly together really both all then already today formally
    quietly slowly basically actually therefore hereby full time full-time part properly shortly collectively next please kindly
    instead again initially first""",
)
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
    mission process charge work project initiative decision commitment proposal responsible busy sprint sprints days weeks months quarter headcount time task""",
)
NEGATION = _words("not 't never nobody none don won stop stopped without longer no neither nor against avoid cannot cant considered")
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
PLANS = _words("plan plans planned goal goals decision idea mission next scope aim task bet point proposal focus quarter q1 q2 q3 q4 h1 h2 roadmap")
# What a team does all the time: announcing it needs "will".
STANDING = _words("own provide offer deliver try add make train move set roll take pick do")
# Verbs with another word that mean something else.
IDIOMS: dict[str, frozenset[str]] = {
    "build": _words("up and upon on"),
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
    "create": _words("and"),
    "roll": _words("back"),
    "work": _words("from with for through out"),
    "add": _words("to that"),
    "put": _words("in on off"),
}

FIRST_PERSON = _words("we i us myself ourselves")
OTHERS = _words(
    """you they he she who it someone somebody anyone anybody everyone everybody nobody people teams companies
    which that this there what users them him her one half most many neither either these those others folk""",
)
# A subject with one of these in lower case is not one of us.
STRANGERS = _words(
    """startup startups company companies competitor competitors competition vendor vendors client clients customer customers industry
    wife husband brother sister son daughter kid kids friend friends neighbour neighbor plumber university kitten user users""",
)
HEARSAY = _words(
    """interview rumour rumor rumours heard hear told said says think thinks believe guess apparently reportedly seems article paper blog yet
    someone somebody anyone nobody everyone""",
)
SUBORDINATORS = _words("if whether how why what when where unless until who whom whose which whenever wish imagine do does did")
# These begin a clause only when the subject follows at once: "after we start", but "after months of pain we start".
CONJUNCTIONS = _words("once before after while as since because although though till than")
# Words of time that may stand between a verb and its object: "started this week on a dashboard".
MOMENTS = _words("this next week month quarter sprint year today tomorrow monday tuesday wednesday thursday friday morning : ,")
TEAM_NOUNS = _words(
    """team squad group crew folks guild chapter org organisation organization unit department pod tribe centre center lab office
    colleagues gang ds ml data science platform infra engineering tools analytics insights ops serving search ads research
    infrastructure enablement intern engineers scientists""",
)
GROUPS = _words("team squad group crew folks guild chapter org organisation organization unit department pod tribe centre center lab engineers scientists")
# What people say before a sentence without a subject, and what leads into one.
OPENERS = _words(
    """share announce report say announcing know that fyi happy excited news hi hello hey all team folks everyone heads-up headsup up
    visibility update note aware told so and but also then plan here today now currently next quarter week month sprint year soon finally
    meanwhile btw quick for the this my from monday tuesday wednesday thursday friday tomorrow in january february march april may june july
    august september october november december q1 q2 q3 q4 h1 h2 as of promised early sharing awareness transparency starting morning
    official ok okay yes well anyway guys dear good proposing proposal rfc us""",
)
COMPANIES = _words(
    """openai google meta facebook uber netflix airbnb amazon aws azure microsoft apple databricks snowflake nvidia anthropic spotify
    linkedin doordash lyft stripe twitter tiktok bytedance huggingface mistral cohere deepmind tecton oracle ibm salesforce tesla
    pinterest instacart shopify alibaba baidu tencent samsung intel amd gcp hashicorp confluent airflow kubeflow
    anyscale wandb mlflow perplexity palantir slack github gitlab atlassian zalando grab gojek bloomberg face xai deepseek""",
)

DETERMINERS = _words("a an the our my your his her its their this that these those some any one another two three")
FRESH_DETERMINERS = _words("a an one another two three")
PREPOSITIONS = _words(
    """for of on in at to with by from into onto across over under between among around about against within without through during via
    per until till before after as than like behind atop alongside toward towards using based""",
)
# Where a phrase ends for good: what follows says why, when or who.
CLAUSE_ENDS = _words(
    """that which who whose because so since when where while if instead until unless although though but and or plus starting
    beginning is are was were will has have had can could should would may might today tomorrow tonight now soon later then we i
    you they he she it there this's before after once please thanks thank led owned let next""",
)

# Heads of noun phrases that are work of the kind that a registry keeps.
WORKS = _words(
    """tool tools toolkit toolkits tooling toolchain toolbox service services system systems platform platforms pipeline pipelines model models
    library libraries framework frameworks sdk api apis registry registries catalog catalogs catalogue catalogues gateway
    gateways engine engines dashboard dashboards index indexes indices cache caches broker scheduler schedulers simulator simulators
    harness benchmark benchmarks dataset datasets warehouse lakehouse lake layer layers stack classifier classifiers ranker rankers
    recommender recommenders detector detectors predictor predictors forecaster estimator agent agents chatbot copilot assistant assistants bot plugin package
    packages module modules component components template templates standard standards schema schemas linter wrapper client
    cli operator operators controller proxy router sandbox workbench playground portal console ui interface workflow workflows
    orchestrator orchestration exporter connector connectors adapter adapters backend frontend infrastructure infra cluster
    database db graph ontology taxonomy embedding embeddings encoder tokenizer network architecture generator generators validator
    validation monitoring monitor monitors observability alerting lineage labelling labeling annotation evaluation evals retrieval retriever ranking
    recommendations personalization personalisation segmentation forecasting detection prediction moderation summarization summarisation
    extraction deduplication dedup search reranker re-ranker reranking translation ocr asr tts rag automl mlops governance audit
    provenance redaction scrubber masking anonymization anonymisation calculator optimizer optimiser planner allocator autoscaler checker
    tracker tracking trainer training-framework testbed bandit bandits experimentation analyzer analyser profiler parser crawler
    scraper ingestion streaming app application product capability repository monorepo format protocol
    contract contracts convention conventions policy guideline guidelines playbook solution method algorithm algorithms technique
    approach mechanism trail record records hub marketplace abstraction middleware runtime compiler kernel kernels feature features
    signal signals score scores scoring scorer vectors matching quantization serving inference deployment-platform suite""",
)
# Heads that name the undertaking itself. What it is about follows: "a new effort around …".
EFFORTS = _words(
    """project projects effort efforts initiative initiatives workstream workstreams program programme undertaking
    prototype prototypes pilot pilots poc mvp proof-of-concept concept spike migration migrations rewrite rewrites redesign overhaul
    consolidation unification replacement rearchitecture re-architecture refactoring modernization modernisation standardization
    standardisation centralization implementation taskforce venture endeavour
    endeavor partnership collaboration experiment experiments research exploration rollout force""",
)
# Small or recurring things that people start every day.
CHORES = _words(
    """job jobs run runs backfill backfills retro retros retrospective sprint sprints meeting meetings call calls thread threads doc docs document
    documents slides slide deck decks review reviews ticket tickets pr prs branch branches build builds deploy deploys deployment
    release releases test tests session sessions poll polls channel channels list lists spreadsheet sheet discussion discussions
    conversation conversations rollback rollbacks incident incidents interview interviews trip lunch game games standup planning survey
    surveys league party desk shed holiday vacation leave day week month year morning afternoon evening lunch breakfast dinner coffee
    onboarding shift rotation notebook-run upgrade upgrades restart restarts reboot maintenance window experiment-run script
    scripts query queries cron tutorial workshop workshops course courses class talk talks demo presentation post posts blog article book
    club quiz bet pool tab hackathon bug fix fixes hotfix patch bugfix issue issues story stories epic epics task tasks subtask
    chore chores question questions faq page pages wiki note notes summary minutes report agenda invite calendar vote
    training retraining finetuning download downloads upload copy import dump restore snapshot laptop machine computer box
    diet garden house home kitchen bathroom bike car robot lego puzzle playlist band team-lunch newsletter lint clean-up cleanup rerun reruns sign-up sign-ups shell teammate intern colleague vpn minute evaluation-run
    company business startup shop restaurant degree drill load-test loadtest on-call oncall offsite ama q&a gym fund slot slots pod pods vm instance instances container
    containers item items line lines lines-of-code office hours hour series job's mornings days weeks monday tuesday wednesday thursday
    friday saturday sunday jan feb mar apr jun jul aug sep oct nov dec""",
)
# A group is an undertaking only as one of these: "a working group", "a tiger team".
WORKING = _words("working tiger task interest")
# Parts of a phrase that make it somebody's own machine.
LOCAL = _words("docker laptop local localhost dev macbook vm box venv jira confluence zoom calendar")
ABSTRACT = _words(
    """momentum trust culture relationship relationships consensus confidence awareness habit habits bridge bridges excitement friction
    skills muscle muscles career careers knowledge buzz sense case noise pressure time space room understanding alignment difference
    friendship friendships reputation network-of-friends appetite progress way mess mistake mistakes point points strength change
    changes impression decision decisions sure choice choices effort-level expertise love fun credibility community vision""",
)

# Words of machine learning, data and platforms: wherever they stand, the work is likely of this registry's kind.
DOMAIN = re.compile(
    r"""\b(?:
      feature[ -](?:store|stores|platform|pipelines?|catalog(?:ue)?|definitions?|engineering|schemas?|registry|views?|serving)|features?
    | model(?:s|ling|ing)?|ml|ai|mlops|llmops|llms?|gpt|genai|prompts?|rag|embeddings?|vectors?|ann|gpus?|a100s?|h100s?|cuda|tpus?
    | training|retraining|inference|serving|scoring|ranking|ranker|rank|retrieval|recommend\w*|recsys|personali[sz]\w*|forecast\w*
    | drift|anomal(?:y|ies)|fraud|churn|uplift|propensity|bandits?|causal|experiment\w*|a/b|ab[ -]tests?|evals?|evaluation|benchmark\w*
    | label(?:s|ling|ing)?|annotat\w+|datasets?|data|etl|elt|pipelines?|spark|flink|kafka|ray|airflow|dagster|prefect|kubeflow|mlflow
    | feast|tecton|iceberg|delta|parquet|snowflake|bigquery|redshift|dbt|redis|triton|vllm|onnx|pytorch|tensorflow|tf1|jax|keras|sklearn
    | xgboost|transformers?|two-tower|lora|fine-?tun\w*|distill\w*|quanti[sz]\w*|tokeni[sz]\w*|classif\w+|regress\w+|clustering
    | search|query|queries|index(?:es|ing)?|nlp|ocr|asr|tts|speech|vision|images?|video|audio|multimodal|segmentation|detection|moderation
    | toxicity|summari[sz]\w+|translation|chatbots?|agents?|agentic|copilot|assistants?|knowledge[ -]graph|graph|ontology|entity
    | lineage|provenance|registry|registries|orchestrat\w+|schedul(?:er|ers|ing)|observability|monitoring|alerting|lakehouse|warehouse
    | notebooks?|kubernetes|k8s|kueue|autoscal\w+|latency|throughput|real-?time|streaming|batch|offline|online|near-?real-?time
    | simulat\w+|synthetic|pii|redact\w*|anonymi[sz]\w*|explainab\w+|shap|interpretab\w+|fairness|bias|guardrails?|hallucinat\w+
    | pricing|elasticity|demand|bidding|ctr|cvr|attribution|ltv|lead[ -]scoring|credit[ -](?:risk|scor\w+|model\w*|decision\w*|limits?|polic\w+)|risk|eta|dispatch|routing|catalog(?:ue)?|dedup\w*
    | reconciliation|schema|schemas|contract[ -]tests?|canary|shadow|rollback|sdk|api|gateway|platform|tooling|backfills?|metrics?|telemetry
    | reinforcement|policy|policies|robot(?:s|ics)?|grasping|sim-to-real|lidar|perception|sensor|sensors|time[ -]series|lakes?
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
