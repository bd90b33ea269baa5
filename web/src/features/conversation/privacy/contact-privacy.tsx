import { Consents } from "@/features/conversation/privacy/consents";
import { PersonData } from "@/features/conversation/privacy/person-data";
import { useMay } from "@/lib/permissions";
import type { ContactView } from "@/lib/wire/openapi.gen";

/** What the customer has agreed to, for whoever talks to them; their data as a whole, for the privacy desk. */
export default function ContactPrivacy({ contact }: { contact: ContactView }) {
  const isDesk = useMay("privacy.manage");
  return (
    <>
      <Consents contact={contact} />
      {isDesk && <PersonData contact={contact} />}
    </>
  );
}
