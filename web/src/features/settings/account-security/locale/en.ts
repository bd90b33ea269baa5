import type { AccountSecurityWords } from "@/features/settings/account-security/locale/pt-BR";

export const accountSecurityEn: AccountSecurityWords = {
  title: "Security rules",
  lead: "For everybody in the company, from the next click on, in open sessions too.",
  saved: "Rules saved. They are in force.",
  factor: {
    title: "Mandatory second step",
    lead: "Whoever has one of these roles needs a code or a passkey beside the password. Those without one turn it on when they sign in.",
    own: "Your role is on the list and you have no second step yet: turn yours on under “Your security” before you sign out.",
    people_one: "{{count}} person",
    people_other: "{{count}} people",
    unknown: "Own role",
  },
  address: {
    label: "Your address now",
    unknown: "unknown",
  },
  signIn: {
    title: "Where people sign in from",
    lead: "Only from these addresses can one sign in to Prosa and work. With an empty list, from anywhere.",
    label: "Address or network",
    empty: "From anywhere",
    addMine: "Add my address",
    notMine: "Your address, {{address}}, is not on this list. Add it, or you would be locked out.",
  },
  api: {
    title: "Where API keys work from",
    lead: "For all keys. Each key may have a tighter list of its own. Empty: from anywhere.",
    label: "Address or network",
    empty: "From anywhere",
  },
  origins: {
    title: "Pages that may call the API",
    lead: "Sites that call the API straight from the browser (CORS). Servers do not need this.",
    label: "Origin",
    empty: "No page from outside",
  },
  list: {
    add: "Add",
    remove: "Remove {{entry}}",
    networkHint: "An address (203.0.113.7) or a network (203.0.113.0/24). IPv6 as well.",
    originHint: "Scheme and host, no path: https://crm.example.com",
    badNetwork: "This is neither an address nor a network.",
    hostBits: "This network begins at {{network}}. Do you mean {{network}}, or the address alone?",
    badOrigin: "Begin with https:// and stop at the host, without a path.",
    twice: "It is on the list already.",
    full: "The list is full.",
    you: "you",
  },
  lockedOut:
    "With this list you would be locked out yourself: your address is {{address}}. Add it and save again.",
  changed: "Somebody else saved these rules while you were editing.",
  changedAction: "See the rules of now",
};
