/** The page before the desk. */
import { make } from "../shared/dom.ts";
import { isObject, object, text } from "../shared/json.ts";
import type { Language } from "../shared/language.ts";
import { ApiError, type Api } from "./api.ts";
import { field } from "./dialog.ts";
import { duration } from "./time.ts";
import { WORDS } from "./words.ts";

export interface SignInOptions {
  api: Api;
  language: Language;
  onLanguage: (language: Language) => void;
  /** Why the agent is here again. */
  notice: string;
  onDone: () => void;
}

export function signInPage({ api, language, onLanguage, notice, onDone }: SignInOptions): HTMLElement {
  const words = WORDS[language];
  const login = make("input", { name: "login", autocomplete: "username", autocapitalize: "none", spellcheck: "false", required: true, maxlength: 100 });
  const password = make("input", { name: "password", type: "password", autocomplete: "current-password", required: true, maxlength: 500 });
  const show = make("input", { type: "checkbox" });
  show.addEventListener("change", () => (password.type = show.checked ? "text" : "password"));
  const problem = make("p", { class: "problem", role: "alert" });
  const button = make("button", { type: "submit", class: "primary" }, words.signIn);
  const other = make("button", { type: "button", class: "link", lang: language === "zh" ? "en" : "zh-CN" }, language === "zh" ? "English" : "中文");
  other.addEventListener("click", () => onLanguage(language === "zh" ? "en" : "zh"));
  const form = make(
    "form",
    { class: "form sign-in", novalidate: true },
    make("h1", {}, words.title),
    notice ? make("p", { class: "notice", role: "status" }, notice) : null,
    field(words.login, login),
    field(words.password, password),
    make("label", { class: "choice" }, show, make("span", {}, words.showPassword)),
    problem,
    make("div", { class: "form-buttons" }, button, other),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.disabled) return;
    const missing = !login.value.trim() ? login : !password.value ? password : null;
    if (missing) return missing.focus();
    void submit();
  });

  async function submit(): Promise<void> {
    button.disabled = true;
    button.textContent = words.signingIn;
    problem.textContent = "";
    try {
      const answer = object(await api.call("POST", "sign-in", { login: login.value.trim(), password: password.value }));
      if (!isObject(answer.agent)) throw new TypeError("no agent");
      api.csrf = text(answer.csrf);
      password.value = "";
      onDone();
    } catch (error) {
      problem.textContent = sentence(error);
      password.select();
      password.focus();
    } finally {
      button.disabled = false;
      button.textContent = words.signIn;
    }
  }

  function sentence(error: unknown): string {
    if (!(error instanceof ApiError)) return words.notHere;
    if (error.status === 429) return words.lockedFor(duration(Math.max(1, error.retryAfter), words));
    if (error.status === 401) return words.wrongSignIn;
    return error.sentence ?? words.failed;
  }

  return make("main", { class: "sign-in-page" }, form);
}
