import type { ExportWords } from "@/lib/i18n/locales/exports.pt-BR";

export const exportsEn: ExportWords = {
  list: "Exported files",
  kinds: {
    audit: "Audit log",
    contact: "Data of a contact",
    account: "Data of the company",
  },
  pending: "Preparing the file…",
  pendingHint: "Asked for by {{name}} {{when}}. You can leave this page: it will be here.",
  ready: "{{size}} · asked for by {{name}} {{when}} · kept until {{until}}",
  failed: "It could not be prepared",
  failedHint:
    "Asked for by {{name}} {{when}}. Ask again; if it happens again, talk to whoever runs the installation.",
  download: "Download",
  downloadOf: "Download {{file}}",
  downloaded: "The download is on record",
  started: "The file is being prepared",
  isReady: "The file is ready to be downloaded",
  page: {
    title: "Exports",
    lead: "Files that were asked for. Each stays for a week; each download goes into the audit log.",
    what: "File",
    state: "State",
    size: "Size",
    requested: "Asked for",
    expires: "Stays until",
    states: { pending: "Being made", ready: "Ready", failed: "Failed", expired: "Expired" },
    by: "by {{name}}",
    none: "No exports yet",
    noneBody: "Files asked for in the audit log, at contacts and here show up in this list.",
    all: "Export the whole company",
    allTitle: "Export the whole company?",
    allBody:
      "One zip file with people, contacts, conversations, messages and files. It may take some minutes; whoever asks gets a mail when it is ready.",
    allConfirm: "Ask for the file",
    actions: "Download",
  },
};
