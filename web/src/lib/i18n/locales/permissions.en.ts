import type { PermissionWords } from "@/lib/i18n/locales/permissions.pt-BR";

export const permissionsEn: PermissionWords = {
  groups: {
    inbox: "Service",
    contacts: "Contacts",
    company: "Company",
    security: "Security and privacy",
    reports: "Reports",
  },
  names: {
    inbox: { title: "Serve customers", body: "Accept, answer and close tickets of their departments." },
    tickets: {
      supervise: { title: "Supervise", body: "Transfer, return to the queue and close colleagues' tickets." },
    },
    departments: {
      all: { title: "All departments", body: "See and act in any department without belonging to it." },
      manage: { title: "Manage departments", body: "Create, rename, order and archive departments." },
    },
    contacts: {
      edit: { title: "Edit contacts", body: "Correct the name and details of a contact." },
      phones: {
        title: "See whole telephone numbers",
        body: "Even where the company hides customers' numbers.",
      },
      reveal: {
        title: "Reveal a telephone number",
        body: "See one hidden number at a time; each look is on record.",
      },
    },
    numbers: {
      manage: { title: "Manage numbers", body: "Connect WhatsApp numbers and say where they lead." },
    },
    people: {
      manage: {
        title: "Manage people",
        body: "Invite, change and remove people, end sessions and reset the second step.",
      },
    },
    roles: { manage: { title: "Manage roles", body: "Create and change the company's own roles." } },
    account: {
      manage: { title: "Manage the company", body: "Name, logo, hours, usage and closing of the account." },
    },
    security: {
      manage: { title: "Security rules", body: "Mandatory second step, allowed networks and origins." },
    },
    api_keys: { manage: { title: "API keys", body: "Create, rotate and revoke keys for other systems." } },
    audit: {
      view: { title: "See the audit log", body: "Look up and export everything done in the account." },
    },
    privacy: {
      manage: { title: "Privacy (LGPD)", body: "Consent, export and erasure of data, retention periods." },
    },
    reports: {
      view: { title: "See reports", body: "Figures of the service, without opening conversations." },
    },
  },
  roles: {
    admin: "Everything: serves customers, organises the team and looks after the account.",
    supervisor: "Serves customers and watches over colleagues of their departments.",
    operator: "Serves the customers of their departments.",
    client: "Follows the reports only; sees no conversations.",
  },
  permissions_one: "{{count}} permission",
  permissions_other: "{{count}} permissions",
  powerful: "Strong access",
  powerfulHint: "Whoever has this permission can change other people's access.",
  locked: "You do not have this permission, so you cannot grant it.",
  all: "Select all",
  none: "Clear all",
  allOf: "Select all of {{group}}",
  noneOf: "Clear all of {{group}}",
  allowed: "Yes",
  notAllowed: "No",
};
