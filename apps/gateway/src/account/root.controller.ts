import { Controller, Get, Redirect } from '@nestjs/common';

/** Who types only the address of the server is most likely its administrator. */
@Controller()
export class RootController {
  @Get()
  @Redirect('/realms/master/account', 302)
  root(): void {}
}
