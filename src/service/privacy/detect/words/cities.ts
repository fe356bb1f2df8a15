import { wordSet } from './words.ts';

/** Large and well-known cities, in English and as their people write them, without accents. */
export const cities = wordSet(`
new_york los_angeles chicago houston phoenix philadelphia san_antonio san_diego dallas san_jose austin jacksonville fort_worth columbus
charlotte san_francisco indianapolis seattle denver washington boston el_paso nashville detroit oklahoma_city portland las_vegas memphis
louisville baltimore milwaukee albuquerque tucson fresno sacramento kansas_city mesa atlanta omaha colorado_springs raleigh miami
long_beach virginia_beach oakland minneapolis tulsa tampa arlington new_orleans wichita bakersfield cleveland aurora anaheim honolulu
santa_ana riverside corpus_christi lexington stockton st._louis saint_paul st._paul henderson cincinnati pittsburgh greensboro lincoln
anchorage plano orlando irvine newark durham chula_vista toledo fort_wayne st._petersburg laredo jersey_city chandler madison lubbock
scottsdale reno buffalo gilbert glendale norfolk boise richmond baton_rouge spokane des_moines tacoma salt_lake_city birmingham rochester
springfield hartford providence syracuse dayton knoxville worcester chattanooga charleston savannah santa_fe salem eugene
toronto montreal vancouver calgary edmonton ottawa winnipeg quebec hamilton halifax victoria mississauga london kitchener regina saskatoon
mexico_city ciudad_de_mexico guadalajara monterrey puebla tijuana leon merida cancun havana la_habana kingston panama san_salvador
guatemala tegucigalpa managua bogota medellin cali barranquilla cartagena caracas maracaibo quito guayaquil lima arequipa cusco la_paz
santa_cruz santiago valparaiso buenos_aires cordoba rosario mendoza montevideo asuncion sao_paulo rio_de_janeiro brasilia salvador
fortaleza belo_horizonte manaus curitiba recife porto_alegre belem goiania
manchester liverpool leeds sheffield bristol edinburgh glasgow leicester coventry bradford cardiff belfast nottingham newcastle southampton
portsmouth brighton plymouth cambridge oxford york bath aberdeen dundee swansea reading derby dublin cork limerick galway waterford
berlin hamburg munchen munich koln cologne frankfurt frankfurt_am_main stuttgart dusseldorf dortmund essen leipzig bremen dresden
hannover hanover nurnberg nuremberg duisburg bochum wuppertal bielefeld bonn munster karlsruhe mannheim augsburg wiesbaden
gelsenkirchen monchengladbach braunschweig chemnitz kiel aachen halle magdeburg freiburg krefeld lubeck oberhausen erfurt mainz rostock
kassel hagen saarbrucken potsdam ludwigshafen oldenburg leverkusen osnabruck heidelberg darmstadt regensburg ingolstadt wurzburg ulm jena
wien vienna graz linz salzburg innsbruck klagenfurt zurich genf geneve geneva basel bern lausanne luzern winterthur st._gallen lugano
paris marseille lyon toulouse nice nantes strasbourg montpellier bordeaux lille rennes reims le_havre saint-etienne toulon grenoble dijon
angers nimes villeurbanne clermont-ferrand le_mans aix-en-provence brest tours amiens limoges annecy perpignan metz besancon orleans
rouen mulhouse caen nancy avignon poitiers bruxelles brussels antwerpen antwerp gent ghent charleroi liege luik brugge bruges namur leuven
amsterdam rotterdam den_haag the_hague utrecht eindhoven groningen tilburg almere breda nijmegen arnhem haarlem enschede maastricht leiden
delft luxembourg luxemburg madrid barcelona valencia sevilla seville zaragoza malaga murcia palma bilbao alicante valladolid vigo gijon
granada vitoria oviedo pamplona almeria san_sebastian burgos santander salamanca lisboa lisbon porto braga coimbra faro setubal aveiro
roma rome milano milan napoli naples torino turin palermo genova genoa bologna firenze florence bari catania venezia venice verona
messina padova trieste brescia parma modena pisa perugia cagliari siena kobenhavn copenhagen aarhus odense aalborg stockholm goteborg
gothenburg malmo uppsala vasteras orebro linkoping oslo bergen trondheim stavanger helsinki espoo tampere turku oulu reykjavik tallinn
tartu riga vilnius kaunas warszawa warsaw krakow cracow lodz wroclaw poznan gdansk szczecin bydgoszcz lublin katowice praha prague brno
ostrava plzen bratislava kosice budapest debrecen szeged bucuresti bucharest cluj-napoca timisoara iasi sofia plovdiv varna beograd
belgrade novi_sad zagreb split ljubljana maribor sarajevo skopje tirana athina athens thessaloniki patras nicosia valletta istanbul
ankara izmir bursa antalya adana moskva moscow saint_petersburg novosibirsk yekaterinburg kazan kyiv kiev kharkiv odesa odessa lviv dnipro
minsk chisinau tbilisi yerevan baku almaty astana tashkent cairo alexandria casablanca rabat marrakech fes tangier algiers oran tunis
tripoli lagos abuja kano ibadan accra kumasi abidjan dakar bamako nairobi mombasa kampala dar_es_salaam addis_ababa khartoum kinshasa
luanda lusaka harare johannesburg cape_town durban pretoria soweto maputo antananarivo tel_aviv jerusalem haifa beirut damascus amman
baghdad basra riyadh jeddah mecca medina dubai abu_dhabi doha kuwait manama muscat tehran mashhad isfahan karachi lahore islamabad
rawalpindi faisalabad kabul mumbai delhi new_delhi bangalore bengaluru hyderabad ahmedabad chennai kolkata surat pune jaipur lucknow
kanpur nagpur indore bhopal patna vadodara kochi dhaka chittagong colombo kathmandu yangon bangkok chiang_mai hanoi ho_chi_minh_city
da_nang phnom_penh vientiane kuala_lumpur penang johor_bahru singapore jakarta surabaya bandung medan manila quezon_city cebu davao
beijing shanghai guangzhou shenzhen chengdu tianjin wuhan chongqing nanjing hangzhou xian suzhou harbin qingdao dalian hong_kong macau
taipei kaohsiung taichung tokyo yokohama osaka nagoya sapporo fukuoka kobe kyoto kawasaki hiroshima sendai seoul busan incheon daegu
daejeon gwangju pyongyang ulaanbaatar sydney melbourne brisbane perth adelaide canberra hobart darwin gold_coast auckland wellington
christchurch dunedin suva
`);
