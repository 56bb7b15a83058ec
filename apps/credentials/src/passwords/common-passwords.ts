/**
 * The passwords that are tried first, of those that are long enough to get past the rule about length (N-18, ASVS 6.2.4).
 * In lower case; compared without case.
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `00000000 000000000 0000000000 01012011 0123456789 0987654321 10203040 11111111 111111111 1111111111 11112222
  11223344 1122334455 112233445566 12121212 12341234 1234512345 123454321 12344321 12345678 123456789 1234567890
  123456789a 123456789q 12345678910 12345678900 123456123456 1234qwer 1234abcd 12345qwert 12345qwerty 123456qwerty
  123123123 123123123a 123321123 1232323q 123qweasd 123qweasdzxc 123abc456 13131313 14141414 147258369 159357159
  159753456 1a2b3c4d 1a2b3c4d5e 1g2w3e4r 1password 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz1qaz 1qaz2wsx 1qaz2wsx3edc
  1qazxsw2 20002000 21212121 22222222 23232323 2wsx3edc 25802580 31415926 33333333 3rjs1la7qe 369258147 44444444
  456789123 55555555 5555555555 66666666 666666666 741852963 77777777 7777777777 789456123 789456123a 78945612
  87654321 88888888 888888888 963852741 987654321 9876543210 98765432 99999999 999999999 a1234567 a12345678
  a123456789 a1b2c3d4 a1s2d3f4 aa123456 aa12345678 aaaaaaaa aaaaaaaaaa abc12345 abc123456 abc123456789 abcd1234
  abcd12345 abcd123456 abcdef123 abcdefgh abcdefghi abcdefg1 access14 adgjmptw administrator admin123 admin1234
  admin12345 admin123456 adminadmin airborne alejandro alexander alexandra anderson angelina angels123 animals1
  apple123 arsenal1 asdasdasd asdf1234 asdfasdf asdfgh123 asdfghjk asdfghjkl asdfghjkl1 asdf12345 asdasd123
  asdqwe123 babygirl babygirl1 barcelona baseball baseball1 basketball basketball1 batman123 beautiful beautiful1
  benjamin blahblah blessed1 blink182 bluebird bollocks brooklyn buddy123 bulldogs butterfly butterfly1 buttercup
  caroline carolina cbr900rr celtic1888 champion changeme changeme1 changeme123 changeit1 charlie1 charlotte
  chelsea1 chicken1 chocolate chocolate1 christian christina christine christopher cocacola colorado computer
  computer1 concrete consumer cookie123 corvette courtney cowboys1 cristian cristina creative danielle darkness
  default1 default123 december dennis123 diamond1 dolphins dolphin1 doraemon dragon123 einstein elephant elizabeth
  emmanuel estrella evolution explorer facebook facebook1 fernando ferrari1 firebird fireball flowers1 football
  football1 football123 forever1 forever21 formula1 francesco franklin frederic freedom1 friends1 friendster
  fuckyou1 fuckyou2 fuckyou123 f00tball gabriela gabriella garfield gateway1 garfield1 giovanni goldfish google123
  goodluck grandma1 guest123 guest1234 guinness hallo123 hannah123 hardcore hello123 hello1234 hellokitty hercules
  hejhej123 highland hola1234 hollywood homework iloveyou iloveyou1 iloveyou2 iloveyou123 iloveyou! iloveme1
  illuminati infinity internet internet1 isabella jamesbond january1 jasmine1 jennifer jennifer1 jeremiah jessica1
  jesus123 jesuschrist johnson1 jonathan jordan23 jordan123 k1ng1234 kamikaze katherine killer123 kimberly knight12
  kristina langkawi lasvegas lavender lebron23 legolas1 letmein1 letmein12 letmein123 leonardo lifehack1 liverpool
  liverpool1 llllllll lollipop lol123456 london123 lovelove loveless loveme123 lovely123 love1234 lowrider mackenzie
  makaveli manchester marathon marianne marijuana marlboro marshall martinez master123 matthew1 maverick mercedes
  metallica metallica1 michael1 michelle michelle1 midnight minecraft minecraft1 mississippi mnbvcxz1 monkey123
  monster1 montana1 morrison motorola mountain mohammed mustang1 myspace1 mypassword nascar24 napoleon naruto123
  nicholas nicole123 nintendo nirvana1 nothing1 november nopassword1 october1 oooooooo operator p@ssw0rd p@ssword
  p@ssword1 p@ssw0rd1 p@ssw0rd123 p@55w0rd pa$$w0rd pa55word pa55w0rd panasonic panther1 paradise parola123
  passport password password! password0 password00 password01 password1 password1! password10 password11 password12
  password123 password123! password1234 password12345 password2 password3 password4 password5 password6 password7
  password8 password9 password99 password@1 password@123 passwords passwort passwort1 passw0rd passw0rd1 passpass
  pass1234 pass12345 pass123456 patience patricia pavilion peaches1 perfect1 phoenix1 platinum pokemon123 pokemon1
  police123 portugal postgres precious predator princesa princess princess1 princess123 pussycat q1w2e3r4
  q1w2e3r4t5 q1w2e3r4t5y6 qazwsxed qazwsx123 qazwsxedc qazwsxedcrfv qazxsw123 qqqqqqqq qq123456 qwaszx12 qwaszxqw
  qweasd123 qweasdzxc qweqwe123 qweqweqwe qwer1234 qwer12345 qwerasdf qwert123 qwert1234 qwert12345 qwerty00
  qwerty01 qwerty11 qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456 qwerty77 qwerty78 qwerty789 qwertyqwerty
  qwertyui qwertyuio qwertyuiop qwertyuiop1 qwertz123 qwertzui rainbow1 realmadrid rebecca1 redskins redwings
  remember richard1 ricardo1 rockstar rockstar1 rockyou1 roberto1 robinson rolltide ronaldo7 russia2018 ryan1234
  salvador samantha samantha1 samsung1 samsung123 santiago saturday scarface scorpion scotland secret123 secret1234
  september serenity sergeant service1 sebastian shadow123 shithead skateboard skittles skywalker slipknot
  slipknot1 snickers snowball soccer123 softball softball1 somethin something southside spartan1 spiderman
  spiderman1 spitfire spongebob spongebob1 srinivas ssssssss standard starcraft starwars starwars1 steelers
  steelers1 stephanie stephanie1 strawberry strawberry1 summer123 summer2023 summer2024 summer2025 sunshine
  sunshine1 sunshine123 superman superman1 superman123 superstar superuser sweetheart sweetpea swordfish system123
  sysadmin teamo123 telephone temp1234 temppass test1234 test12345 test123456 testtest testing1 testing123
  thailand thankyou thebeast theking1 thomas123 thuglife thunder1 thursday tigers123 tinkerbell tinkerbell1
  titanic1 tottenham toyota123 training trinity1 trustno1 twilight undertaker universe university unknown1
  usuckballz1 user1234 vacation valentina valentine vanessa1 vengeance veronica vfhbyf123 victoria victoria1
  virginia volleyball volkswagen wachtwoord wachtwoord1 warcraft warcraft1 warriors waterfall welcome01 welcome1
  welcome12 welcome123 welcome1234 welcome! welcome@1 welkom01 welkom123 whatever whatever1 william1 williams
  winner123 winter123 winter2023 winter2024 winter2025 wolverine wolfgang xavier123 xbox360a xxxxxxxx yankees1
  yellow123 zaq12wsx zaq1xsw2 zaq1zaq1 zaqxswcde zxc123456 zxcasdqwe zxcasdqwe123 zxcv1234 zxcvbnm1 zxcvbnm123
  zxcvbnm, zxczxczxc zxcvzxcv zzzzzzzz`.split(/\s+/),
);
