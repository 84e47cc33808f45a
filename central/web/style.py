"""The look of the status page: one style sheet, light and dark, no other assets."""

STYLE = """
:root{color-scheme:light dark;--bg:#f4f5f7;--card:#fff;--ink:#1a1d21;--soft:#5d6672;--line:#e2e5ea;
--good:#137a43;--good-bg:#e3f5ea;--bad:#b3261e;--bad-bg:#fdeceb;--wait:#8a5a00;--wait-bg:#fff3d6;
--brand:#14507d}
@media (prefers-color-scheme:dark){:root{--bg:#121417;--card:#1b1f24;--ink:#e8eaed;--soft:#9aa3ae;
--line:#2c323a;--good:#6fd69b;--good-bg:#143524;--bad:#ff9d95;--bad-bg:#41201e;--wait:#f2c15d;
--wait-bg:#3b2d0e;--brand:#8cc4f0}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,
"Segoe UI","Noto Sans","Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif}
.wrap{max-width:1180px;margin:0 auto;padding:0 24px 48px}
header{display:flex;align-items:baseline;gap:12px;padding:28px 0 20px;flex-wrap:wrap}
header h1{font-size:22px;margin:0;letter-spacing:-.01em}
header .chain{color:var(--soft)}
header nav{margin-left:auto;display:flex;gap:16px;align-items:center}
a,button.plain{color:var(--brand);text-decoration:none;background:none;border:0;padding:0;
font:inherit;cursor:pointer}
a:hover,button.plain:hover{text-decoration:underline}
a:focus-visible,button:focus-visible,input:focus-visible{outline:2px solid var(--brand);
outline-offset:2px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:14px}
.tile,.card{background:var(--card);border:1px solid var(--line);border-radius:12px}
.tile{padding:16px 18px}
.tile .name{color:var(--soft);font-size:13px}
.tile .value{font-size:28px;font-weight:650;letter-spacing:-.02em;line-height:1.3;
font-variant-numeric:tabular-nums}
.tile .more{color:var(--soft);font-size:13px;min-height:20px}
.card{margin-top:20px;overflow:hidden}
.card>h2{font-size:16px;margin:0;padding:16px 18px 12px}
.card>p{margin:0;padding:0 18px 16px;color:var(--soft)}
.scroll{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}
th{font-size:12px;font-weight:600;color:var(--soft);text-align:left;padding:8px 18px;
border-bottom:1px solid var(--line);white-space:nowrap}
td{padding:11px 18px;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}
.num{text-align:right;white-space:nowrap}
.sub{display:block;color:var(--soft);font-size:13px}
.nowrap{white-space:nowrap}
.badge{display:inline-block;border-radius:999px;padding:1px 10px;font-size:13px;font-weight:600;
white-space:nowrap}
.good{color:var(--good);background:var(--good-bg)}
.bad{color:var(--bad);background:var(--bad-bg)}
.wait{color:var(--wait);background:var(--wait-bg)}
.none{color:var(--soft);background:var(--bg)}
code{font:13px/1.6 ui-monospace,"SF Mono",Consolas,monospace;background:var(--bg);
border:1px solid var(--line);border-radius:6px;padding:1px 6px;overflow-wrap:anywhere}
footer{color:var(--soft);font-size:13px;padding-top:20px;display:flex;gap:20px;flex-wrap:wrap}
.login{max-width:440px;margin:12vh auto 0;padding:28px;background:var(--card);
border:1px solid var(--line);border-radius:12px}
.login h1{font-size:20px;margin:0 0 8px}
.login p{color:var(--soft);margin:0 0 16px}
.login label{display:block;font-size:13px;color:var(--soft);margin-bottom:4px}
.login input{width:100%;padding:10px 12px;border:1px solid var(--line);border-radius:8px;
background:var(--bg);color:var(--ink);font:inherit}
.login button.main{margin-top:16px;width:100%;padding:10px;border:0;border-radius:8px;
background:var(--brand);color:var(--card);font:inherit;font-weight:600;cursor:pointer}
.login code{display:inline-block}
.login .error{color:var(--bad);margin:12px 0 0}
""".replace("\n", "")
