"""Nouns and small words of announcements: who works, what a registry keeps, and what people start every day instead.

Plain lists, so that a missing word is one edit. English only, lower case.
"""

import re

# What a mention of a person reads as: a name that nobody has.
PERSON = "Colleague"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ADVERBS = _words(
    """now currently finally also officially just soon actively jointly together really both all then already today formally
    quietly slowly basically actually therefore hereby full time full-time part properly shortly collectively please kindly
    instead again initially first""",
)
PLANS = _words(
    "plan plans planned goal goals decision idea mission next scope aim task bet point proposal focus quarter q1 q2 q3 q4 h1 h2 roadmap"
)
FIRST_PERSON = _words("we i us myself ourselves")
OTHERS = _words(
    """you they he she who it someone somebody anyone anybody everyone everybody nobody people teams companies
    which that this there what users them him her one half most many neither either these those others folk""",
)
# A subject with one of these in lower case is not one of us.
STRANGERS = _words(
    """startup startups company companies competitor competitors competition vendor vendors client clients customer customers industry
    wife husband brother sister son daughter kid kids friend friends neighbour neighbor plumber university government ministry regulator commission parliament police court union kitten user users""",
)
HEARSAY = _words(
    """interview rumour rumor rumours heard hear told said says think thinks believe guess apparently reportedly seems article paper blog yet
    hearing wrote writes love loved dreamt dreamed
    someone somebody anyone nobody everyone doubt hope hopes wonder see sees""",
)
SUBORDINATORS = _words(
    "assume suppose if whether how why what when where unless until who whom whose which whenever wish imagine do does did"
)
# These begin a clause only when the subject follows at once: "after we start", but "after months of pain we start".
CONJUNCTIONS = _words("once before after while as since because although though till than")
MONTHS = _words("january february march april may june july august september october november december")
# Words of time that may stand between a verb and its object: "started this week on a dashboard".
MOMENTS = _words(
    "this next week month quarter sprint year today tomorrow monday tuesday wednesday thursday friday morning : ,"
)
TEAM_NOUNS = _words(
    """team squad group crew folks guild chapter org organisation organization unit department pod tribe centre center lab office
    colleagues gang ds ml data science platform infra engineering tools analytics insights ops serving search ads research
    infrastructure enablement intern engineers scientists""",
)
GROUPS = _words(
    "team squad group crew folks guild chapter org organisation organization unit department pod tribe centre center lab engineers scientists"
)
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
    anyscale wandb mlflow perplexity palantir slack github gitlab atlassian zalando grab gojek bloomberg eu un nasa darpa fda ecb face xai deepseek""",
)
# Objects that are people: "add you", "offer them".
PEOPLE = _words("you them us me him her it myself yourself themselves someone everyone people that this")
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
    recommendations personalization personalisation segmentation forecasting detection prediction estimation classification moderation summarization summarisation
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
    study endeavor partnership collaboration experiment experiments research exploration rollout force""",
)
# Those of them that one does to what is there: "we are doing a rewrite of the scoring service".
REWORKS = _words(
    "rewrite redesign overhaul migration consolidation unification rearchitecture re-architecture modernization modernisation standardization standardisation"
)
# Names of a task that say what it is about behind them: "the job of estimating", "the topic of drift".
QUESTS = _words("way ways method job task topic challenge question problem matter business")
# Home and office: what people start together besides work.
OUTSIDE = _words(
    """taco tacos fruit snacks bowling lobby office offices kitchen cafeteria canteen lunch dinner breakfast coffee cake pizza beer drinks party parties birthday wedding
    offsite outing trip hike picnic bbq barbecue karaoke football soccer basketball tennis cup tournament yoga gym marathon garden house flat apartment
    holiday holidays vacation charity gift gifts santa halloween christmas neighbours neighbors furniture desk desks chairs parking
    fridge plants choir band guitar piano sourdough lego puzzle team-building teambuilding mustache wallpaper poster posters rack racks disk disks printer laptop laptops""",
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
    club quiz bet tab hackathon bug fix fixes hotfix patch bugfix issue issues story stories epic epics task tasks subtask
    chore chores question questions faq page pages wiki note notes summary minutes report agenda invite calendar vote
    training retraining finetuning download downloads upload copy import dump restore snapshot laptop machine computer box
    diet garden house home kitchen bathroom bike car robot lego puzzle playlist band team-lunch newsletter lint clean-up cleanup rerun reruns sign-up sign-ups shell teammate intern colleague vpn minute evaluation-run canary ramp-up smoke-test soak freeze min mins minutes hrs all-hands townhall section sections column columns rule key keys vote votes winner
    update updates owner owners reindex stand-up stand-ups option invoice link links csv email emails account accounts post-mortem postmortem okr okrs sticker stickers message messages typo password log logs
    company business startup shop restaurant degree drill load-test loadtest on-call oncall offsite ama q&a gym fund slot slots pod pods vm instance instances container
    containers item items line lines lines-of-code office hours hour series job's mornings days weeks monday tuesday wednesday thursday
    friday saturday sunday jan feb mar apr jun jul aug sep oct nov dec""",
)
# Of these, the ones that stay small even where they are changed or are about work of the field.
TALK = _words(
    """channel channels call calls meeting meetings standup stand-up stand-ups retro retros list lists slides slide deck ticket tickets pr prs branch
    branches review reviews poll polls doc docs thread threads session sessions update updates section sections rule rules key keys owner
    owners canary columns column votes vote winner link links log logs reindex""",
)
# With one of these a chore becomes work that stays: "automatic retraining", "a shared set of tests".
BUILT_FOR_GOOD = _words(
    "automatic automated automatically predictive continuous self-service shared common central company-wide generic reusable"
)
# A group is an undertaking only as one of these: "a working group", "a tiger team".
WORKING = _words("working tiger task interest")
# Parts of a phrase that make it somebody's own machine.
LOCAL = _words("pc docker laptop local localhost dev macbook vm box venv jira confluence zoom calendar")
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
    | search|query|queries|index(?:es|ing)?|nlp|ocr|asr|tts|speech|vision|images?|video|audio|multimodal|segmentation|detection|moderation|estimation|prediction|predictive|photos?|pictures?|videos|cameras?|voice|satellite|neural|machine[ -]learning|deep[ -]learning|language[ -]models?|predict\w*|detect\w*
    | recogni\w+|extract\w*|estimat\w*|transcri\w*|tagg\w+|diagnos\w*|triage|optimi[sz]\w*|matching
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
