import { wordSet } from './words.ts';

/** Common last names of many languages, without accents. */
export const lastNames = wordSet(`
smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson anderson thomas taylor moore
jackson martin lee perez thompson white harris sanchez clark ramirez lewis robinson walker young allen king wright scott torres nguyen hill
flores green adams nelson baker hall rivera campbell mitchell carter roberts gomez phillips evans turner diaz parker cruz edwards collins
reyes stewart morris morales murphy cook rogers gutierrez ortiz morgan cooper peterson bailey reed kelly howard ramos kim cox ward
richardson watson brooks chavez wood james bennett gray mendoza ruiz hughes price alvarez castillo sanders patel myers long ross foster
jimenez powell jenkins perry russell sullivan bell coleman butler henderson barnes fisher vasquez simmons romero jordan patterson alexander
hamilton graham reynolds griffin wallace moreno west cole hayes bryant herrera gibson ellis tran medina aguilar stevens murray ford castro
marshall owens harrison fernandez mcdonald woods washington kennedy wells vargas henry chen freeman webb tucker guzman burns crawford
olson simpson porter hunter gordon mendez silva shaw snyder mason dixon munoz hunt hicks holmes palmer wagner black robertson boyd stone
salazar fox warren mills meyer rice schmidt garza daniels ferguson nichols stephens soto weaver ryan gardner payne grant dunn kelley
spencer hawkins arnold pierce hansen peters santos hart bradley knight elliott cunningham duncan armstrong hudson carroll lane riley
andrews alvarado ray delgado berry perkins hoffman johnston matthews pena richards contreras willis carpenter lawrence sandoval
o'brien o'connor o'neill mccarthy byrne walsh doyle gallagher doherty macdonald fraser davies griffiths
muller schneider fischer weber becker schulz schafer koch bauer richter klein wolf schroder neumann schwarz zimmermann braun kruger
hofmann hartmann lange schmitt werner schmitz krause meier lehmann schmid schulze maier kohler herrmann konig walter mayer huber kaiser
fuchs lang scholz moller weiss jung hahn schubert vogel friedrich keller gunther frank berger winkler roth beck lorenz baumann franke
albrecht schuster simon ludwig bohm winter kraus martin schumacher kramer vogt stein jager otto sommer gross seidel heinrich brandt haas
schreiber graf schulte dietrich ziegler kuhn kuhnert pohl engel horn busch bergmann thomas voigt sauer arnold wolff pfeiffer gruber
wagner pichler steiner moser hofer leitner fuchs eder egger brunner
bernard dubois durand moreau laurent simon michel lefebvre leroy roux bertrand morel fournier girard bonnet dupont lambert fontaine
rousseau vincent faure mercier blanc guerin boyer garnier chevalier francois legrand gauthier perrin robin clement morin nicolas
mathieu roussel gautier masson marchand duval denis dumont lemaire noel meyer dufour meunier brun blanchard giraud joly riviere lucas
brunet gaillard barbier arnaud renard schmitt colin caron picard roger petit robert richard andre thomas david martin henry
gonzales rodrigues fernandes martins sousa oliveira pereira costa carvalho almeida ferreira ribeiro pinto alves gomes lopes marques
teixeira moreira correia mendes nunes soares vieira monteiro cardoso rocha neves coelho souza lima araujo barbosa nascimento
alonso dominguez vazquez navarro serrano blanco suarez molina ortega rubio marin sanz iglesias nunez garrido cortes lozano guerrero
cano prieto mendez calvo gallego vidal leon marquez herrero cabrera pascual fuentes vega campos carrasco diez reyes
rossi russo ferrari esposito bianchi romano colombo ricci marino greco bruno gallo conti deluca mancini giordano rizzo lombardi moretti
barbieri fontana santoro mariani rinaldi caruso ferrara galli martini leone longo gentile martinelli vitale lombardo serra coppola desantis
dejong jansen devries vandenberg vandijk bakker janssen visser smit meijer deboer mulder degroot bos vos peters hendriks vanleeuwen
dekker brouwer dewit dijkstra smits degraaf vandermeer peeters maes jacobs mertens willems claes goossens wouters desmet
andersson johansson karlsson nilsson eriksson larsson olsson persson svensson gustafsson pettersson jonsson jansson hansson bengtsson
hansen johansen olsen larsen andersen pedersen nilsen kristiansen jensen nielsen christensen sorensen rasmussen jorgensen madsen
kristensen petersen korhonen virtanen makinen nieminen makela hamalainen laine heikkinen koskinen jarvinen
nowak kowalski wisniewski wojcik kowalczyk kaminski lewandowski zielinski szymanski wozniak dabrowski kozlowski jankowski mazur
kwiatkowski krawczyk kaczmarek piotrowski grabowski kowalska nowakowska novak svoboda novotny dvorak cerny prochazka kucera vesely horak
nemec nagy kovacs toth szabo horvath varga kiss molnar nemeth farkas balogh popescu ionescu popa dumitru stan papadopoulos
ivanov smirnov kuznetsov popov vasiliev petrov sokolov mikhailov novikov fedorov morozov volkov alekseev lebedev semenov ivanova
petrova shevchenko kovalenko bondarenko tkachenko kravchenko melnyk boyko yilmaz kaya demir celik sahin yildiz yildirim ozturk aydin
ozdemir arslan dogan kilic aslan cetin kara khan ali ahmed hussain hassan ibrahim malik sheikh abbas rahman islam begum chowdhury
singh kumar sharma gupta verma reddy rao nair iyer mehta shah joshi mishra pandey yadav das roy mukherjee banerjee wang zhang liu
yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie song tang deng feng sato suzuki takahashi tanaka watanabe
ito yamamoto nakamura kobayashi kato yoshida yamada sasaki park choi jung kang cho yoon jang lim han pham hoang phan vu dang bui
okafor okeke adeyemi mensah owusu dlamini nkosi ndlovu mwangi otieno kamau wanjiku cohen levi mizrahi friedman katz
`);
