import { start } from "@/app/start";
import { openSocketIoTransport } from "@/lib/live/socket-io-transport";

void start(openSocketIoTransport);
