import { wordSet } from './words.ts';

/** Common first names of many languages, without accents: enough that a third of most columns is among them. */
export const firstNames = wordSet(`
james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald steven paul andrew joshua
kenneth kevin brian george timothy ronald edward jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon
benjamin samuel gregory alexander frank patrick raymond jack dennis jerry tyler aaron jose adam nathan henry douglas zachary peter kyle
ethan walter noah jeremy christian keith roger terry harry sean austin gerald carl dylan jordan jesse bryan lawrence arthur gabriel bruce
albert willie alan wayne billy juan louis elijah randy vincent ralph roy eugene russell mason philip bobby logan liam oliver lucas owen
mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty margaret sandra ashley kimberly emily donna michelle
carol amanda dorothy melissa deborah stephanie rebecca sharon laura cynthia kathleen amy angela shirley anna brenda pamela emma nicole helen
samantha katherine christine debra rachel carolyn janet catherine maria heather diane ruth julie olivia joyce virginia victoria kelly lauren
christina joan evelyn judith megan andrea cheryl hannah jacqueline martha gloria teresa ann sara madison frances kathryn janice jean abigail
alice julia judy sophia grace denise amber doris marilyn danielle beverly isabella theresa diana natalie brittany charlotte marie kayla alexis
lori ava mia chloe zoe lily ella harper aria lucy ellie poppy freya isla ivy florence daisy rosie phoebe niamh siobhan aoife ciara
hans peter klaus wolfgang jurgen dieter manfred uwe gunter horst helmut heinz werner gerhard bernd rainer stefan andreas markus matthias
sebastian tobias florian jan lukas leon felix maximilian moritz jonas finn elias luis paul niklas fabian philipp dominik martin bjorn torsten
sven ralf holger jorg karl friedrich otto heinrich ernst kurt rudolf ursula ingrid helga renate monika petra sabine gisela karin brigitte
erika christa elke gabriele susanne claudia birgit heike angelika martina anja katrin kerstin silke tanja nadine julia lena leonie hanna
mila lea lina clara johanna greta frieda matilda ida nele jana svenja katharina franziska annika ulrike dagmar elfriede hildegard gertrud
jean pierre michel andre philippe alain jacques bernard daniel claude christian francois nicolas laurent christophe thierry pascal eric
olivier julien sebastien frederic guillaume antoine mathieu thibault remi benoit yves gerard rene marcel henri louis hugo gabriel raphael jules
marie jeanne francoise monique catherine nathalie isabelle sylvie anne christine valerie sandrine celine aurelie camille lea manon chloe
emilie pauline mathilde juliette margaux clemence elodie amelie brigitte veronique jacqueline simone yvette helene genevieve odile solange
antonio jose manuel francisco juan javier jesus carlos miguel alejandro rafael pedro pablo angel sergio fernando jorge luis alberto alvaro
diego adrian raul enrique ramon vicente ivan ruben oscar andres joaquin santiago eduardo victor roberto jaime mario ignacio salvador ricardo
maria carmen ana isabel dolores pilar josefa teresa rosa cristina angeles laura antonia marta francisca lucia mercedes elena raquel
concepcion sofia beatriz silvia rocio patricia montserrat paula alba irene julia ines nuria andrea carla yolanda encarnacion esther
guadalupe juana margarita leticia veronica alejandra gabriela daniela valentina camila ximena mariana fernanda catalina
giuseppe giovanni antonio mario luigi francesco angelo vincenzo pietro salvatore carlo franco domenico bruno paolo michele giorgio aldo
sergio luciano marco andrea alessandro matteo lorenzo davide simone luca riccardo stefano fabio roberto giulia chiara francesca federica
sara martina valentina alessia silvia elisa ilaria paola giovanna rosa angela lucia teresa giuseppina caterina
joao antonio francisco carlos paulo pedro lucas luiz marcos luis gabriel rafael marcelo bruno eduardo felipe rodrigo thiago tiago rui nuno
ana francisca adriana juliana fernanda patricia aline sandra camila amanda bruna jessica leticia ines catarina beatriz mariana joana
jan piet kees willem hendrik johannes cornelis gerrit dirk pieter bram daan sem thijs lars ruben sanne lotte femke anouk fleur maaike
lars erik karl anders johan per nils lennart mikael gunnar bjorn olof ole knut arne magnus henrik jens soren mads rasmus mikkel niels
anna eva kristina birgitta elisabeth ingrid astrid linnea elsa maja freja sofie mette kirsten ingeborg solveig sigrid aino helmi juhani
matti timo mikko antti jukka pekka tuula anneli liisa ritva jan piotr krzysztof andrzej stanislaw tomasz pawel marcin michal marek
grzegorz jozef lukasz zbigniew jerzy tadeusz wojciech katarzyna malgorzata agnieszka barbara ewa elzbieta krystyna magdalena joanna
aleksandra monika zofia teresa danuta natalia karolina jakub zuzanna jiri josef pavel petr milan vaclav jana eva hana lenka katerina
tereza istvan laszlo jozsef zoltan sandor ferenc gabor attila tamas katalin ilona agnes zsuzsanna ion gheorghe vasile andrei mihai
alexandru elena ioana mihaela dimitris giorgos kostas yannis nikos eleni katerina vasiliki georgia sofia
aleksandr sergey vladimir dmitry andrey alexey mikhail nikolay ivan evgeny igor oleg maxim pavel natalia olga elena tatyana irina svetlana
anastasia ekaterina galina ludmila yulia oksana volodymyr oleksandr iryna mehmet mustafa ahmet ali huseyin hasan ibrahim ismail osman
murat yusuf fatma ayse emine hatice zeynep elif meryem mohammed muhammad mohamed ahmed mahmoud omar khalid abdullah abdul hamza youssef
karim tariq fatima aisha khadija maryam layla noor amina zainab salma yasmin ravi raj amit rahul sanjay vijay suresh ramesh rajesh anil
sunil arjun rohan aditya vikram priya anjali sunita anita pooja neha kavita deepa lakshmi aarav ananya wei fang min jing li na yan ling
hui xin hao jun lei hiroshi takashi kenji yuki haruto sota yui sakura akiko yoko keiko minjun seoyeon jiwoo jisoo hyun nguyen minh linh
thi chidi chinedu ngozi amara kwame kofi ama akua thabo sipho lerato nomsa tendai wanjiru kamau moses esther joseph grace
`);
