"""Text from people and apps: what mrkdwn becomes, and that nothing of it ever runs."""

import pytest
from playwright.async_api import expect

from tests.browser.stage import Stage, section

pytestmark = pytest.mark.asyncio(loop_scope="session")

ATTACKS = (
    "<img src=x onerror=alert(1)>",
    "<script>document.title='owned'</script>",
    '"><svg onload=alert(1)>',
    "&lt;img src=x onerror=alert(1)&gt;",
    "<javascript:alert(1)|press me>",
    '<https://example.com/"onmouseover="alert(1)|`<b>*_~>',
    "<!date^1^{date}^javascript:alert(1)|then>",
)

# What the page's own parser makes of texts, as HTML.
DRAWN = """
async sources => {
  const { mrkdwn } = await import('/page/js/text/mrkdwn.js');
  return sources.map((source) => { const at = document.createElement('div'); at.append(...mrkdwn(source)); return at.innerHTML; });
}
"""

CASES = (
    ("*bold* _soft_ ~gone~ `code`", "<strong>bold</strong> <em>soft</em> <s>gone</s> <code>code</code>"),
    ("*bold with _soft_ inside*", "<strong>bold with <em>soft</em> inside</strong>"),
    ("snake_case_name and 2*3*4 stay", "snake_case_name and 2*3*4 stay"),
    ("`*not bold*` and `<b>`", "<code>*not bold*</code> and <code>&lt;b&gt;</code>"),
    ("a &lt;b&gt; &amp;amp; c", "a &lt;b&gt; &amp;amp; c"),
    ("> quoted\nafter", "<blockquote>quoted</blockquote>after"),
    ("```\n*raw*\n```", '<pre tabindex="0"><code>*raw*</code></pre>'),
    ("```unfinished", "```unfinished"),
    (":no_such_emoji: 10:30:45", ":no_such_emoji: 10:30:45"),
    (
        "<!here> and <!subteam^S1|@leads>",
        '<span class="mention mention-me">@here</span> and <span class="mention">@leads</span>',
    ),
    (
        "<!date^1795431900^{date_num} {time}|then>",
        '<time datetime="2026-11-23T11:05:00.000Z" title="Monday 23 November 2026 at 11:05:00">2026-11-23 11:05</time>',
    ),
    ("<!date^never^{date}|soon>", "soon"),
)


async def test_markup_in_a_message_or_a_block_is_text_and_never_runs(stage: Stage) -> None:
    channel = stage.channel()
    page = await stage.tab(stage.ana, channel)
    page.on("dialog", lambda dialog: stage.problems.append(f"dialog: {dialog.message}"))
    for attack in ATTACKS:
        await stage.sandbox.say(stage.bo, channel, attack)
        header = {"type": "header", "text": {"type": "plain_text", "text": attack}}
        markdown = {"type": "markdown", "text": f"**x** {attack} [y](javascript:alert(1))"}
        await stage.post(channel, attack, [section(attack), header, markdown])
    await expect(page.locator(".message")).to_have_count(2 * len(ATTACKS))
    await expect(page.locator(".block-header").first).to_have_text(ATTACKS[0])
    list_ = page.locator(".message-list")
    assert (
        await list_.locator("img:not([src^='/page/img/']), script, svg[onload], [onerror], [onmouseover]").count() == 0
    )
    assert await list_.locator("a[href^='javascript']").count() == 0
    assert "owned" not in await page.title()


async def test_mrkdwn_is_drawn_as_slack_draws_it(stage: Stage) -> None:
    page = await stage.tab(stage.ana, stage.channel())
    drawn = await page.evaluate(DRAWN, [source for source, _ in CASES])
    assert dict(zip((source for source, _ in CASES), drawn, strict=True)) == dict(CASES)


async def test_verbatim_text_gets_no_links_of_its_own(stage: Stage) -> None:
    channel = stage.channel()
    await stage.post(
        channel,
        "links",
        [
            section("see https://example.com/a"),
            {"type": "section", "text": {"type": "mrkdwn", "text": "see https://example.com/b", "verbatim": True}},
        ],
    )
    page = await stage.tab(stage.ana, channel)
    await expect(page.locator(".message .link")).to_have_text(["https://example.com/a"])


async def test_a_picture_from_elsewhere_is_named_and_not_fetched(stage: Stage) -> None:
    channel = stage.channel()
    await stage.post(
        channel,
        "picture",
        [{"type": "image", "image_url": "https://example.com/cat.png", "alt_text": "A cat in a boat"}],
    )
    page = await stage.tab(stage.ana, channel)
    await expect(page.locator(".picture-far")).to_contain_text("A cat in a boat")
