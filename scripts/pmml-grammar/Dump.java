import java.lang.reflect.*; import java.util.*; import java.util.jar.*; import java.lang.annotation.*;
import jakarta.xml.bind.annotation.*;
/** Prints the markup that the annotated classes of the pmml-model jar (first argument) describe, as JSON. */
public class Dump {
  static String q(String s){return "\""+s.replace("\\","\\\\").replace("\"","\\\"")+"\"";}
  static String ver(AnnotatedElement e){ StringBuilder b=new StringBuilder();
    for(Annotation a: e.getAnnotations()){ String n=a.annotationType().getSimpleName();
      if(n.equals("Added")||n.equals("Removed")||n.equals("Deprecated")||n.equals("Since")||n.equals("Optional")||n.equals("Required")||n.equals("Alternative")||n.equals("Incubating")){
        try{ Object v=null; try{ v=a.annotationType().getMethod("value").invoke(a);}catch(NoSuchMethodException x){}
        Object rem=null; try{ Object r=a.annotationType().getMethod("removable").invoke(a); if(Boolean.TRUE.equals(r)) rem="removable"; }catch(NoSuchMethodException x){}
        b.append(",").append(q("@"+n)).append(":").append(q(String.valueOf(v)+(rem!=null?" removable":""))); }catch(Exception x){ throw new RuntimeException(x);} } }
    return b.toString(); }
  static List<Field> fields(Class<?> c){ List<Field> l=new ArrayList<>(); if(c==null||c==Object.class) return l; l.addAll(fields(c.getSuperclass())); for(Field f: c.getDeclaredFields()) if(!Modifier.isStatic(f.getModifiers())) l.add(f); return l; }
  static String elementNames(Class<?> c, JarFile jar) { return c.getName(); }
  public static void main(String[] a) throws Exception {
    JarFile jar=new JarFile(a[0]); List<String> out=new ArrayList<>();
    List<Class<?>> classes=new ArrayList<>();
    for(Enumeration<JarEntry> e=jar.entries(); e.hasMoreElements();){ String n=e.nextElement().getName(); if(!n.endsWith(".class")||n.contains("module-info")) continue;
      try{ Class<?> c=Class.forName(n.substring(0,n.length()-6).replace('/','.'),false,Dump.class.getClassLoader()); classes.add(c);}catch(Throwable t){} }
    for(Class<?> c: classes){ XmlRootElement r=c.getAnnotation(XmlRootElement.class); if(r==null) continue;
      StringBuilder b=new StringBuilder("{\"name\":"+q(r.name())+",\"ns\":"+q(r.namespace())+ver(c));
      XmlType t=null; for(Class<?> k=c;k!=null&&t==null;k=k.getSuperclass()) t=k.getAnnotation(XmlType.class);
      b.append(",\"order\":["); if(t!=null) for(int i=0;i<t.propOrder().length;i++) b.append(i>0?",":"").append(q(t.propOrder()[i])); b.append("],\"fields\":[");
      Object inst=null; try{ Constructor<?> k=c.getDeclaredConstructor(); k.setAccessible(true); inst=k.newInstance(); }catch(Throwable x){}
      boolean first=true;
      for(Field f: fields(c)){ String kind=null; StringBuilder d=new StringBuilder();
        XmlAttribute at=f.getAnnotation(XmlAttribute.class);
        if(at!=null){ kind="attribute"; d.append(",\"name\":"+q(at.name())+",\"required\":"+at.required());
          Class<?> ft=f.getType(); d.append(",\"java\":"+q(ft.getSimpleName()));
          jakarta.xml.bind.annotation.adapters.XmlJavaTypeAdapter ad=f.getAnnotation(jakarta.xml.bind.annotation.adapters.XmlJavaTypeAdapter.class); if(ad!=null) d.append(",\"adapter\":"+q(ad.value().getSimpleName()));
          XmlSchemaType st=f.getAnnotation(XmlSchemaType.class); if(st!=null) d.append(",\"xs\":"+q(st.name()));
          if(ft.isEnum()){ d.append(",\"enum\":{"); boolean ff=true; for(Object k: ft.getEnumConstants()){ Field ef=ft.getField(((Enum<?>)k).name()); XmlEnumValue ev=ef.getAnnotation(XmlEnumValue.class); d.append(ff?"":",").append(q(ev!=null?ev.value():((Enum<?>)k).name())).append(":{\"x\":0"+ver(ef)+"}"); ff=false;} d.append("}"); }
          if(inst!=null){ String cap=Character.toUpperCase(f.getName().charAt(0))+f.getName().substring(1); for(String p: new String[]{"get","is"}) try{ Method m=c.getMethod(p+cap); Object v=m.invoke(inst); if(v!=null){ String sv=String.valueOf(v); if(v instanceof Enum){ try{ sv=(String)v.getClass().getMethod("value").invoke(v);}catch(Throwable x){} } d.append(",\"default\":"+q(sv)); } }catch(Throwable x){} }
        }
        XmlElement el=f.getAnnotation(XmlElement.class); XmlElements els=f.getAnnotation(XmlElements.class); XmlElementRef ref=f.getAnnotation(XmlElementRef.class); XmlElementRefs refs=f.getAnnotation(XmlElementRefs.class);
        if(el!=null||els!=null){ kind="element"; d.append(",\"field\":"+q(f.getName())+",\"list\":"+List.class.isAssignableFrom(f.getType())+",\"names\":["); XmlElement[] xs=els!=null?els.value():new XmlElement[]{el}; boolean req=false; for(int i=0;i<xs.length;i++){ d.append(i>0?",":"").append(q(xs[i].name())); req|=xs[i].required(); } d.append("],\"required\":"+req); }
        else if(ref!=null||refs!=null){ kind="ref"; d.append(",\"field\":"+q(f.getName())+",\"list\":"+List.class.isAssignableFrom(f.getType())+",\"required\":"+(ref!=null?ref.required():refs.value()[0].required())+",\"type\":"+q(f.getGenericType().getTypeName())+",\"names\":["); 
          if(refs!=null) for(int i=0;i<refs.value().length;i++){ Class<?> rt=refs.value()[i].type(); XmlRootElement rr=rt.getAnnotation(XmlRootElement.class); d.append(i>0?",":"").append(q(rr!=null?rr.name():rt.getName())); } d.append("]"); }
        else if(f.getAnnotation(XmlMixed.class)!=null||f.getAnnotation(XmlValue.class)!=null||f.getAnnotation(XmlAnyElement.class)!=null){ kind="text"; d.append(",\"field\":"+q(f.getName())); }
        if(kind==null) continue;
        b.append(first?"":",").append("{\"kind\":"+q(kind)+d+ver(f)+"}"); first=false; }
      b.append("]}"); out.add(b.toString()); }
    System.out.println("["+String.join(",\n",out)+"]");
  }
}
