// The emoji people and Rowbot use most, by their Slack names. A name that is not here is shown as `:name:`.

const TABLE = `
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 ok_hand 👌 clap 👏 raised_hands 🙌 pray 🙏 muscle 💪 wave 👋 handshake 🤝 point_up ☝️ point_right 👉
point_left 👈 point_down 👇 raised_hand ✋ hand ✋ v ✌️ crossed_fingers 🤞 writing_hand ✍️ eyes 👀 brain 🧠 ear 👂 speech_balloon 💬
thought_balloon 💭 smile 😄 grinning 😀 smiley 😃 grin 😁 joy 😂 rolling_on_the_floor_laughing 🤣 sweat_smile 😅 slightly_smiling_face 🙂
upside_down_face 🙃 wink 😉 blush 😊 innocent 😇 heart_eyes 😍 star-struck 🤩 thinking_face 🤔 neutral_face 😐 expressionless 😑 no_mouth 😶
smirk 😏 unamused 😒 face_with_rolling_eyes 🙄 grimacing 😬 relieved 😌 pensive 😔 sleepy 😪 sleeping 😴 mask 😷 nerd_face 🤓 sunglasses 😎
confused 😕 worried 😟 open_mouth 😮 astonished 😲 flushed 😳 cry 😢 sob 😭 scream 😱 disappointed 😞 sweat 😓 weary 😩 tired_face 😫 triumph 😤
rage 😡 angry 😠 exploding_head 🤯 partying_face 🥳 hugging_face 🤗 shushing_face 🤫 saluting_face 🫡 melting_face 🫠 see_no_evil 🙈 hear_no_evil 🙉
speak_no_evil 🙊 robot_face 🤖 ghost 👻 skull 💀 heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 broken_heart 💔
sparkles ✨ star ⭐ star2 🌟 dizzy 💫 fire 🔥 boom 💥 100 💯 tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁 trophy 🏆 medal 🏅 first_place_medal 🥇
rocket 🚀 airplane ✈️ ship 🚢 boat ⛵ sailboat ⛵ rowboat 🚣 canoe 🛶 anchor ⚓ ocean 🌊 compass 🧭 world_map 🗺️ earth_africa 🌍 earth_americas 🌎
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ no_entry ⛔ no_entry_sign 🚫 warning ⚠️
exclamation ❗ heavy_exclamation_mark ❗ question ❓ grey_question ❔ grey_exclamation ❕ bangbang ‼️ information_source ℹ️ sos 🆘 stop_sign 🛑 construction 🚧
rotating_light 🚨 bell 🔔 no_bell 🔕 mega 📣 loudspeaker 📢 mute 🔇 sound 🔉 lock 🔒 unlock 🔓 key 🔑 closed_lock_with_key 🔐 shield 🛡️
red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡 large_green_circle 🟢 large_blue_circle 🔵 large_purple_circle 🟣 white_circle ⚪ black_circle ⚫
large_green_square 🟩 large_yellow_square 🟨 large_red_square 🟥 white_large_square ⬜ black_large_square ⬛ small_blue_diamond 🔹 small_orange_diamond 🔸
arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️ arrow_upper_right ↗️ arrow_lower_right ↘️ arrows_counterclockwise 🔄 repeat 🔁 twisted_rightwards_arrows 🔀
left_right_arrow ↔️ leftwards_arrow_with_hook ↩️ arrow_right_hook ↪️ fast_forward ⏩ double_vertical_bar ⏸️ pause_button ⏸️ arrow_forward ▶️ black_square_for_stop ⏹️
heavy_plus_sign ➕ heavy_minus_sign ➖ recycle ♻️ infinity ♾️ hash #️⃣ one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ keycap_ten 🔟
calendar 📆 date 📅 spiral_calendar_pad 🗓️ clock1 🕐 clock9 🕘 hourglass ⌛ hourglass_flowing_sand ⏳ stopwatch ⏱️ timer_clock ⏲️ alarm_clock ⏰ watch ⌚
chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊 clipboard 📋 pushpin 📌 round_pushpin 📍 paperclip 📎 link 🔗 memo 📝 pencil 📝 pencil2 ✏️
page_facing_up 📄 page_with_curl 📃 bookmark 🔖 bookmark_tabs 📑 books 📚 book 📖 notebook 📓 ledger 📒 newspaper 📰 scroll 📜 file_folder 📁 open_file_folder 📂
card_index_dividers 🗂️ file_cabinet 🗄️ wastebasket 🗑️ package 📦 inbox_tray 📥 outbox_tray 📤 email 📧 envelope ✉️ incoming_envelope 📨 mailbox 📫
phone ☎️ computer 💻 desktop_computer 🖥️ keyboard ⌨️ floppy_disk 💾 electric_plug 🔌 battery 🔋 satellite_antenna 📡 bulb 💡 flashlight 🔦 mag 🔍 mag_right 🔎
wrench 🔧 hammer 🔨 hammer_and_wrench 🛠️ tools 🛠️ gear ⚙️ nut_and_bolt 🔩 toolbox 🧰 magnet 🧲 test_tube 🧪 microscope 🔬 telescope 🔭 dna 🧬 abacus 🧮 scales ⚖️ balance_scale ⚖️
dart 🎯 game_die 🎲 jigsaw 🧩 crystal_ball 🔮 art 🎨 bricks 🧱 building_construction 🏗️ office 🏢 factory 🏭 house 🏠 seedling 🌱 deciduous_tree 🌳 evergreen_tree 🌲
four_leaf_clover 🍀 fallen_leaf 🍂 mushroom 🍄 sunny ☀️ partly_sunny ⛅ cloud ☁️ rain_cloud 🌧️ zap ⚡ snowflake ❄️ rainbow 🌈 palm_tree 🌴 beach_with_umbrella 🏖️
coffee ☕ tea 🍵 beer 🍺 pizza 🍕 cake 🍰 doughnut 🍩 cookie 🍪 apple 🍎 hot_pepper 🌶️ popcorn 🍿 champagne 🍾
dog 🐶 cat 🐱 owl 🦉 snail 🐌 turtle 🐢 bug 🐛 bee 🐝 unicorn_face 🦄 octopus 🐙 whale 🐳 dolphin 🐬 penguin 🐧 elephant 🐘 duck 🦆 phoenix 🐦‍🔥
runner 🏃 walking 🚶 juggling 🤹 bust_in_silhouette 👤 busts_in_silhouette 👥 technologist 🧑‍💻 scientist 🧑‍🔬 people_hugging 🫂 crown 👑 moneybag 💰 chart 💹
speaking_head_in_silhouette 🗣️ ok 🆗 new 🆕 soon 🔜 back 🔙 end 🔚 on 🔛 top 🔝 up 🆙 free 🆓 m Ⓜ️ copyright ©️ registered ®️ tm ™️ checkered_flag 🏁 triangular_flag_on_post 🚩
wheel 🛞 motor_boat 🛥️ speedboat 🚤 fish 🐟 fishing_pole_and_fish 🎣 ring_buoy 🛟 sos_buoy 🛟 rock 🪨 wood 🪵 ladder 🪜 hook 🪝 broom 🧹 bucket 🪣 lotion 🧴 mirror 🪞
`;

const BY_NAME = new Map();
{
  const words = TABLE.trim().split(/\s+/);
  for (let i = 0; i + 1 < words.length; i += 2) BY_NAME.set(words[i], words[i + 1]);
}

/** The character of a Slack emoji name (skin tones are dropped), or null. */
export function emoji(name) {
  return BY_NAME.get(String(name).split("::")[0]) ?? null;
}

/** Names that contain a word, those that begin with it first; at most `limit`. */
export function findEmoji(word, limit = 40) {
  const needle = word.toLowerCase();
  const hits = [...BY_NAME.keys()].filter((name) => name.includes(needle));
  hits.sort((a, b) => Number(b.startsWith(needle)) - Number(a.startsWith(needle)));
  return hits.slice(0, limit);
}

/** What the small picker offers before anybody types. */
export const QUICK = [
  "white_check_mark",
  "eyes",
  "+1",
  "tada",
  "raised_hands",
  "heart",
  "thinking_face",
  "rowboat",
  "rocket",
  "bulb",
  "pray",
  "joy",
  "fire",
  "100",
  "clap",
  "wave",
  "handshake",
  "muscle",
  "sparkles",
  "warning",
  "question",
  "x",
  "hourglass_flowing_sand",
  "memo",
];
