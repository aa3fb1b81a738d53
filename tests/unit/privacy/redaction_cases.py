"""What is masked and what is not, by language. `<` and `>` stand around each mask."""

MASKED = {
    "en": """
telephone call me at <five five five oh one hundred> please
telephone my number is <five five five zero one zero zero>
telephone it is <two one seven five five five zero one zero zero> okay
telephone <two seventeen five fifty five oh one hundred> is my moms cell
telephone <five fifty five twelve twelve>
telephone <two seventeen five fifty five twelve twelve>
telephone <double five five oh one double zero>
telephone its <triple five zero one double zero>
telephone text <five five five [unintelligible] one two three four>
telephone text <five five five um oh one hundred>
telephone <five five five dash oh one oh oh>
telephone <eight hundred five five five nineteen ninety>
telephone <one eight hundred five five five two five hundred>
telephone <two hundred and seventeen five five five twenty one twelve>
telephone here is <555-0100> thanks
telephone (call <(217) 555 0100> thanks
telephone <+12175550100>
telephone call <555.0100,> please
telephone number:<٥٥٥٠١٠٠> ok
telephone <5 5 5 0 1 0 0>
telephone area code <two one seven five five five zero one zero zero>
telephone there is a gun call <five five five zero one zero zero>
telephone nine one one or <two one seven five five five zero one zero zero>
telephone nine one one <two one seven five five five zero one zero zero>
telephone <five five five nine one one zero>
email write to <maria@example.org> now
email <maria.lopez@example.org,> thanks
email <john at gmail dot com> is mine
email my email is <john smith at gmail dot com>
email <john dot smith at example dot org>
email <maria twelve at gmail dot com>
email <skater underscore seven at mail dot example dot net>
email my email is <big bad wolf at hotmail>
email <john at gmail.com>
address i live at <221 Baker Street>
address he lives at <two twenty one baker street> i think
address <twelve oak lane> is the house
address <four hundred martin luther king boulevard apartment five b>
address <one fifty five north main street>
address they are at <fifteen sunset drive>
address <nine elm avenue>
name my name is <maria> and i saw a fight
name my name is <maria lopez>
name my name is <maria> i am in the gym
name My name is <Maria.> Everyone is running
name my name is <juan de la cruz> he has a knife
name my name's <emma> and i am scared
name my full name is <emma grace miller>
name my name is uh <emma> help us
name my name is <m a r i a> he has a knife
name my name is <will> and i am ten
name my name is <rob> and i am scared
name my name is [unintelligible] <miller> and i go there
name you can call me <sam>
name my last name is <obrien>
name the name is <ortiz> there is a fire
""",
    "es": """
telephone mi teléfono es <cinco cinco cinco cero uno cero cero>
telephone llámame al <dos uno siete cinco cinco cinco cero uno cero cero>
telephone es el <dos diecisiete cinco cincuenta y cinco doce doce>
telephone <doble cinco cinco cero uno cero cero> por favor
telephone <triple cinco cero uno doble cero>
telephone <doscientos diecisiete quinientos cincuenta y cinco cero cien>
telephone <quinientos cincuenta y cinco cero uno cero cero>
telephone <cinco cinco cinco [unintelligible] uno dos tres cuatro>
telephone <cinco cinco cinco eh cero uno cero cero>
telephone <veintiuno diecisiete cinco cinco cero uno>
telephone <seis doce treinta y cuatro cincuenta y seis>
telephone llame al <555-0100> ya
telephone <+52 55 5555 0100>
telephone al <(55) 5555-0100,> gracias
telephone nueve uno uno <dos uno siete cinco cinco cinco cero uno cero cero>
telephone tiene un arma llame al <cinco cinco cinco cero uno cero cero>
email <juan arroba gmail punto com>
email mi correo es <juan perez arroba gmail punto com> gracias
email <maria punto lopez arroba escuela punto edu punto mx>
email escribe a <maria@example.org>
email <ana doce arroba hotmail punto com>
email <ana arroba yahoo punto com>
email <ana guion bajo ruiz arroba correo punto es>
address vive en <calle castillo número doce>
address en <avenida de la reforma doscientos veinte>
address <calle cinco de mayo número ciento tres>
address vivo en <calle juárez veintidós> con mi mamá
address <Calle Castillo 12, apartamento 4>
address <avenida Hidalgo No. 45>
address es <doce calle castillo>
address <calzada de tlalpan mil doscientos>
address <carrera siete número cuarenta y cinco>
address <callejón del beso número dos>
address tengo miedo en <calle norte número tres>
name me llamo <miguel>
name me llamo <juan carlos pérez ruiz> y vi una pelea
name me llamo <maría> y tengo miedo
name mi nombre es <juan carlos> de tercer grado
name mi nombre es <juan de la cruz> y vi un arma
name Me llamo <Ana.> Todos corren
name hola me llamo <sofía> estoy en el baño
name mi nombre completo es <ana sofía ruiz>
name mi apellido es <gómez>
name me llamo <rosa> y estudio aquí
name me llamo eh <lucía> ayúdenme
name me llamo <luis> hay un hombre armado
name me dicen <beto> y vi todo
name me llamo <ángel> por favor
""",
    "ar": """
telephone رقمي <صفر خمسة خمسة خمسة صفر واحد صفر صفر> شكرا
telephone اتصل على <خمسة خمسة خمسة وصفر وواحد وصفر وصفر>
telephone رقم هاتفي <دبل خمسة خمسة صفر واحد صفر صفر>
telephone <خمسة وخمسين عشرين ثلاثين أربعين> رقمي
telephone <خمسمئة وخمسة وخمسين صفر واحد صفر صفر>
telephone <خمسة خمسة خمسة [unintelligible] واحد اثنان ثلاثة أربعة>
telephone هذا <٠٥٥٥٠١٠٠٩١١> من فضلك
telephone <555-0100> رقم أمي
telephone معه سلاح رقمي <خمسة خمسة خمسة صفر واحد صفر صفر>
email <محمد آت جيميل دوت كوم>
email بريدي الإلكتروني <سارة علي آت ياهو دوت كوم>
email راسلني على <maria@example.org>
email <سارة نقطة حسن آت مدرسة نقطة كوم>
address أسكن في <شارع الجامعة رقم اثنا عشر>
address بيتي في <شارع الملك فهد بناية خمسة>
address <١٢ شارع الملك>
address في <شارع النصر عشرين>
address عند <طريق المطار رقم ٤٥>
name اسمي <محمد>
name اسمي <محمد علي حسن> ورأيت مسدسا
name واسمي <ليلى> أنا خائفة
name اسمي <سيف> وعندي مشكلة
name اسمي هو <سارة> ومعه سكين
name اسمي <عبد الله> هناك شجار
name اسمي الكامل <أحمد بن خالد>
name ينادونني <نور>
name اسمي <وليد> أريد المساعدة
""",
}

SHOWN = {
    "en": """
call nine one one now
nine one one nine one one nine one one
call nine eight eight or nine one one
dial 911 please
room two fourteen
there are twenty three kids in here
he is in room two fourteen on the second floor
it was at three thirty
from three thirty to four fifteen
between twelve fifteen and twelve forty five
i am thirteen years old
in nineteen ninety nine
it is two thousand twenty six
she was born in two thousand and twelve
grades nine ten eleven twelve
my report number is four three one four two three
my pin is 431423
five hundred and fifty students
there are three hundred twenty five people here
on 11/24/2026 at 10:30
on 2026-11-24 he said it
he has two guns and three knives
an a k forty seven
he bought an ar fifteen
it costs one million dollars
it was five or six times
he will do it at ten at the gate
two kids at school with a gun
five minutes down the street
there are twelve kids on main street
two men running down main street
a man with a knife in the street
we are hiding on oak street
ten blocks from elm street
one way to get out
one more place to hide
it is a two minute drive
twenty people walked along the road
my name is on the list
my name is not important
my name is in the book and the gun is in the bag
my name is all over the bathroom wall
my name is written on the wall
my name is being called
my name is anonymous
i will not say my name is that okay
they call me names
they keep calling the new kid names like freak
his name is tyler and he has a gun
you can call me back
you can call me at school
meet me at the red dot on the map
he works at the school dot
look at that
i am a parent
my name is
he said five five five
one two three
""",
    "es": """
llamen al nueve uno uno
nueve uno uno nueve uno uno nueve uno uno
llame al nueve ocho ocho
marca el 911 ya
hay veintitrés niños aquí
está en el salón doscientos catorce
a las tres y media
a las doce quince y doce cuarenta y cinco
tengo trece años
en mil novecientos noventa y nueve
en dos mil veintiséis
nació en el dos mil doce
mi número de reporte es cuatro tres uno cuatro dos tres
el 24/11/2026 a las 10:30
hay quinientos cincuenta alumnos
tiene dos pistolas y tres cuchillos
un a k cuarenta y siete
vale un millón de pesos
fue cinco o seis veces
me dijo que no viniera a la escuela el ciento veinticinco de febrero
vive en la calle castillo
en la calle hay dos hombres armados
la calle tiene dos salidas
en la calle principal dos hombres
en la calle principal doce hombres con pistolas
en la calle con tres cuchillos
estamos en la avenida hidalgo
caminaba por la calle a las doce
dos cuadras de la calle
me llamó gorda
me llamó mi mamá
me llamó la atención
me llamó estúpida y fea
me llaman gorda en la escuela
me llamo y no digo más
mi nombre es lo de menos
mi nombre no es importante
mi nombre está en la lista
mi nombre es privado
no quiero decir mi nombre
se llama pedro y tiene un arma
soy una madre
me dijo que tiene un martillo en la escuela
una estudiante habla de secuestrar al entrenador
voy al punto de encuentro
es un punto com
uno dos tres
dijo cinco cinco cinco
""",
    "ar": """
اتصلوا بتسعة واحد واحد
تسعة واحد واحد تسعة واحد واحد تسعة واحد واحد
هناك ثلاثة وعشرون طالبا
في الغرفة مئتين وأربعة عشر
في الساعة الثالثة والنصف
عمري ثلاثة عشر سنة
عمره عشرة سنة
في سنة ألفين وعشرين
يوم 24/11/2026
معه سكين وثلاثة مسدسات
رقم البلاغ أربعة ثلاثة واحد أربعة اثنان ثلاثة
اسمي على القائمة
اسمي في القائمة
اسمي ليس مهما
اسمي مكتوب على الجدار
لا أريد أن أقول اسمي
لا أريد أن أقول اسمي لأنني خائف
لا تذكر اسمي لأحد
اسمه خالد ومعه سلاح
نحن في شارع الجامعة
في الشارع رجلان
في الشارع رجال معهم سلاح
رأيته في شارع النصر مع عشرين طالبا
أنا أم طالب
واحد اثنان ثلاثة
""",
}


def cases(table: dict[str, str]) -> list[tuple[str, str]]:
    """(language, line) of every line."""
    return [(code, line) for code, lines in table.items() for line in lines.strip().splitlines()]


def marked(line: str) -> tuple[list[str], list[tuple[int, int]]]:
    """The words of a line without its marks, and the masks: first and last word."""
    words, masks, first = [], [], 0
    for at, word in enumerate(line.split()):
        if "<" in word:
            first = at
        if ">" in word:
            masks.append((first, at))
        words.append(word.replace("<", "").replace(">", ""))
    return words, masks
