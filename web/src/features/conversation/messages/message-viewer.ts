/** Who looks at the messages, and how the screen names the others. */
export interface MessageViewer {
  userId: string;
  /** Name of the customer as the header shows it. */
  contactName: string;
  /** Name of a colleague by user id; null when they are gone. */
  nameOf: (userId: string) => string | null;
}
